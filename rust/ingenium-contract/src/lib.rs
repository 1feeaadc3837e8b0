//! The judge: CloudEvents envelope and event schemas, bytes in, verdict out.
