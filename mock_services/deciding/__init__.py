"""The decision itself: who is asked, which replica answers, what is decided on what arrived."""
