//! Reference components: ingestor, strategy, portfolio and order executor.
