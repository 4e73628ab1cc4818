"""A lender and its data services, small enough to read and real enough to fail: the reference system under test."""
