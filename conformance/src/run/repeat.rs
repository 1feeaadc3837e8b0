//! The command that repeats one check.

use super::Options;
use crate::case::Profile;
use crate::role::Role;
use crate::target::Place;

/// The command that judges one check again, of the same component and by the same measure.
pub(super) fn repeat(options: &Options, id: &str, seed: u64) -> String {
    let role = options.role.name();
    let mut command = format!("ingenium conform --role {role} --only {id} --seed {seed}");
    let mut say = |words: &[&str]| {
        for word in words {
            command.push(' ');
            command.push_str(&quoted(word));
        }
    };
    if options.profile < Profile::L3 {
        say(&["--profile", &options.profile.to_string()]);
    }
    if options.strict {
        say(&["--strict"]);
    }
    let mut claims: Vec<&str> = options.claims.iter().map(String::as_str).collect();
    if options.live && !claims.contains(&"live") {
        claims.push("live");
    }
    if !claims.is_empty() {
        say(&["--claims", &claims.join(",")]);
    }
    if let Some(class) = &options.class {
        say(&["--class", class]);
    }
    let words: Vec<&str> = options.repeat_with.iter().map(String::as_str).collect();
    say(&words);
    match &options.place {
        Place::Url(url) => {
            if options.role == Role::Broker {
                say(&["--namespace", &options.namespace]);
            }
            if let Some(address) = options.sink_listen {
                say(&["--sink-listen", &address.to_string()]);
            }
            say(&["--url", url]);
        }
        Place::Command(command) => {
            say(&["--"]);
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            say(&words);
        }
    }
    command
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:={}+@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_repeated_by_the_same_measure() {
        let place = Place::Command(vec!["./my app".to_owned(), "it's".to_owned()]);
        let options = Options {
            strict: true,
            live: true,
            claims: vec!["margin".to_owned()],
            repeat_with: vec!["--component".to_owned(), "my.json".to_owned()],
            ..Options::new(Role::Portfolio, place, "out")
        };
        assert_eq!(
            repeat(&options, "POR-03", 7),
            r"ingenium conform --role portfolio --only POR-03 --seed 7 --strict --claims margin,live --component my.json -- './my app' 'it'\''s'"
        );
        let place = Place::Url("http://127.0.0.1:8001".to_owned());
        let options = Options {
            class: Some("Kafka".to_owned()),
            ..Options::new(Role::Broker, place, "out")
        };
        assert_eq!(
            repeat(&options, "BRK-01", 7),
            "ingenium conform --role broker --only BRK-01 --seed 7 --class Kafka --namespace default --url http://127.0.0.1:8001"
        );
    }
}
