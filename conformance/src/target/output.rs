//! What a component prints: kept up to a limit, read to its end, so that it never waits for a reader.

use std::io::Write as _;
use std::path::Path;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::task::JoinHandle;

/// The most that is kept of one stream, in bytes. The rest is read and forgotten.
const MOST_KEPT: usize = 4 * 1024 * 1024;

/// Copies a stream to the end of a file, as long as it lasts.
pub(super) fn keep(
    mut stream: impl AsyncRead + Unpin + Send + 'static,
    file: &Path,
) -> JoinHandle<()> {
    let file = file.to_owned();
    tokio::spawn(async move {
        // Short writes to a file that is hardly ever larger than a page: not worth a thread.
        let opened = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&file);
        let mut file = opened.ok();
        let mut kept = 0;
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = stream.read(&mut buffer).await {
            let room = MOST_KEPT.saturating_sub(kept).min(read);
            kept += read;
            if let Some(open) = &mut file
                && room > 0
                && open.write_all(&buffer[..room]).is_err()
            {
                // A full disk must not stop the component: it is read on, and what it says is lost.
                file = None;
            }
        }
    })
}
