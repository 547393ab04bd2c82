"""Real servers under real faults: processes killed, connections cut."""
