//! Embedded broker with the behaviour of a Knative Broker and its Triggers: durable, ordered per key.
