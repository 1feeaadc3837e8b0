//! Event types of the Ingenium contract, their scalars and their decoders.
