"""How well files are read: one module a measurement, each with `measure`."""
