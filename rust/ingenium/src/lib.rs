//! SDK: a trading role in, a served Knative component out.
