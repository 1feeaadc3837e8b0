//! Where a process meets the world: sockets, environment, clock, signals.
