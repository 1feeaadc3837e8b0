//! What senders and operators have to show where a broker listens for more than this machine.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ingenium_runtime::http::{Request, Response};
use subtle::ConstantTimeEq as _;

/// More is no token but some other file.
const LONGEST: usize = 4096;

/// Less can be tried out.
const SHORTEST: usize = 16;

/// A bearer token (RFC 6750): 16 to 4096 visible ASCII characters. It is compared in constant time and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why a file is not taken for a token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidToken {
    /// The file cannot be read.
    #[error("token file `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Others than its owner may read or write the file.
    #[error("token file `{}` has mode {mode:04o}: others can read or write it; run `chmod 600` on it, and make a new token if somebody may have read it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// What stands in it is no token. It is not said.
    #[error("token file `{}` holds no token; write one line of 16 to 4096 visible ASCII characters, such as `openssl rand -hex 32` gives", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
}

impl Token {
    /// Reads the token in a file that nobody but its owner can read; line ends behind it do not count.
    ///
    /// # Errors
    /// When the file cannot be read, others can read it, too, or it holds no token.
    pub fn read(path: &Path) -> Result<Self, InvalidToken> {
        let unreadable = |source| InvalidToken::Unreadable {
            path: path.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(InvalidToken::Exposed {
                path: path.to_owned(),
                mode,
            });
        }
        let malformed = || InvalidToken::Malformed {
            path: path.to_owned(),
        };
        let mut bytes = Vec::new();
        // One more than a token with its line end: a large file is read no further.
        let most = LONGEST as u64 + 3;
        (&mut file)
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| malformed())?;
        Self::new(text.trim_end_matches(['\r', '\n'])).ok_or_else(malformed)
    }

    /// A token of this text; `None` when it is too short, too long, or has other characters than visible ASCII.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_token = (SHORTEST..=LONGEST).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_token.then(|| Self(text.to_owned()))
    }

    /// Whether a request shows this token, once.
    fn admits(&self, request: &Request) -> bool {
        let mut shown = request
            .headers
            .iter()
            .filter(|(name, _)| name == "authorization");
        let (Some((_, value)), None) = (shown.next(), shown.next()) else {
            return false;
        };
        // The scheme's case does not count (RFC 9110, section 11.1).
        let Some((scheme, rest)) = value.split_at_checked(7) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"bearer ") && bool::from(rest.ct_eq(self.0.as_bytes()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Refuses a request that does not show the token, where there is one.
pub(crate) fn refuse(token: Option<&Token>, request: &Request) -> Option<Response> {
    if token.is_none_or(|token| token.admits(request)) {
        return None;
    }
    let detail = "send `Authorization: Bearer` with the token that the broker was given";
    let problem = Response::problem(401, "unauthorized", detail, &[]);
    Some(problem.header("www-authenticate", "Bearer"))
}
