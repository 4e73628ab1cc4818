"""The child processes of a run: started, told what to do, watched, ended."""
