"""Plain-text accounting for a coopérative d'activités: the core and its Beancount plugins."""
