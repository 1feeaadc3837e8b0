//! Who may do what where a token is set.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ingenium_broker::{Broker, Config, Error, InvalidToken, Mode, Token};

use crate::rig::{BROKER, NAMESPACE, Sender};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn config(folder: &Path, listen: &str, token: Option<&str>) -> Config {
    let listen: SocketAddr = listen.parse().expect("an address");
    let path = folder.join("broker.db");
    let mut config = Config::new(path, listen, NAMESPACE, BROKER, Mode::Fifo);
    config.token = token.map(|token| Token::new(token).expect("a token"));
    config
}

#[tokio::test]
async fn whoever_does_not_show_the_token_may_only_ask_for_health() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config(folder.path(), "127.0.0.1:0", Some(TOKEN));
    assert!(!format!("{config:?}").contains("0123"), "{config:?}");
    let guarded = Broker::open(config).await.expect("the broker opens");
    let sender = Sender::to(&guarded);
    let right = format!("Bearer {TOKEN}");
    let shown = [
        (None, false),
        (Some(right.clone()), true),
        (Some(format!("bearer {TOKEN}")), true),
        (Some(TOKEN.to_owned()), false),
        (Some(format!("Basic {TOKEN}")), false),
        (Some(format!("Bearer {TOKEN}0")), false),
        (Some(format!("Bearer {}", &TOKEN[1..])), false),
        (Some(format!("Bearer  {TOKEN}")), false),
        (Some(format!("Bearer {}", TOKEN.to_uppercase())), false),
        (Some("Bearer eyJhbGciOiJub25lIn0.e30.".to_owned()), false),
        (Some("Bearer ".to_owned()), false),
        (Some(String::new()), false),
    ];
    let ingress = format!("/{NAMESPACE}/{BROKER}");
    let trigger = format!("/apis/eventing.knative.dev/v1/namespaces/{NAMESPACE}/triggers/t");
    for (number, (value, is_admitted)) in shown.iter().enumerate() {
        let header: Vec<(&str, &str)> = value
            .iter()
            .map(|value| ("authorization", value.as_str()))
            .collect();
        let id = number.to_string();
        let answer = sender.event(&id, &header, "{}").await;
        assert_eq!(
            answer.status,
            if *is_admitted { 202 } else { 401 },
            "{value:?}"
        );
        for (method, path, admitted) in [
            ("OPTIONS", ingress.as_str(), 200),
            ("GET", trigger.as_str(), 404),
            ("DELETE", trigger.as_str(), 404),
            ("GET", "/metrics", 200),
            ("GET", "/nothing", 404),
            ("POST", "/healthz", 404),
        ] {
            let answer = sender.request(method, path, &header, "").await;
            let wanted = if *is_admitted { admitted } else { 401 };
            assert_eq!(answer.status, wanted, "{method} {path} {value:?}");
            if !is_admitted {
                assert_eq!(answer.header("www-authenticate"), Some(&b"Bearer"[..]));
                assert_eq!(
                    answer.header("content-type"),
                    Some(&b"application/problem+json"[..])
                );
            }
        }
        for probe in ["/healthz", "/readyz"] {
            let answer = sender.request("GET", probe, &header, "").await;
            assert_eq!(answer.status, 200, "{probe} {value:?}");
        }
    }
    let twice = [
        ("authorization", right.as_str()),
        ("Authorization", right.as_str()),
    ];
    assert_eq!(
        sender.request("GET", "/metrics", &twice, "").await.status,
        401
    );
    assert_eq!(guarded.counts().stored, 2);
    guarded.shutdown().await;
}

#[tokio::test]
async fn nobody_else_is_listened_to_without_a_token() {
    let folder = tempfile::tempdir().expect("a folder");
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let error = Broker::open(config(folder.path(), address, None)).await;
        let error = error.expect_err("refused");
        assert!(matches!(error, Error::Exposed { .. }), "{error}");
        assert!(error.to_string().contains("name a token file"), "{error}");
    }
    assert!(!folder.path().join("broker.db").exists());
}

#[test]
fn token_files_are_private_and_hold_a_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let put = |text: &[u8], mode: u32| {
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
        Token::read(&path)
    };
    let line = format!("{TOKEN}\n");
    for mode in [0o600, 0o400, 0o700] {
        let read = put(line.as_bytes(), mode).expect("a token");
        assert_eq!(Some(read), Token::new(TOKEN));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("set");
    }
    for mode in [0o640, 0o604, 0o644, 0o620, 0o602, 0o777] {
        let error = put(line.as_bytes(), mode).expect_err("others can read it");
        assert!(matches!(error, InvalidToken::Exposed { .. }), "{error}");
        assert!(
            error.to_string().contains(&format!("{mode:04o}")),
            "{error}"
        );
    }
    for text in [
        &b""[..],
        b"\n",
        b"short\n",
        b"0123456789abcdef 0123456789abcdef",
        b"0123456789abcdef\n0123456789abcdef\n",
        "0123456789abcdef\u{e9}".as_bytes(),
        b"0123456789abcdef\xff",
        &[b'x'; 5000],
    ] {
        let error = put(text, 0o600).expect_err("no token");
        assert!(matches!(error, InvalidToken::Malformed { .. }), "{error}");
        assert!(!error.to_string().contains("0123"), "{error}");
    }
    fs::remove_file(&path).expect("removed");
    let error = Token::read(&path).expect_err("it is not there");
    assert!(matches!(error, InvalidToken::Unreadable { .. }), "{error}");
}
