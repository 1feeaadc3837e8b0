//! Black-box conformance runner for components in any language.
