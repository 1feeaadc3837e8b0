//! Pure trading logic: roles, indicators, positions, sizing, simulated fills.
