"""What happened: answers, marks, manifest, services. The only owner of file names in a run folder."""
