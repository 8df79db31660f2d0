"""Cases: published services, drafts, events, tasks, timers."""
