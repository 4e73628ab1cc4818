"""Processes of services: forked, served, told about faults, ended."""
