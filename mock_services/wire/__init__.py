"""What goes over the wire between the services, parsed once at the edge."""
