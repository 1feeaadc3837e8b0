//! An event in one line, for people.

use ingenium_contract::{CloudEvent, Data, Time};

/// So much of the data is shown, in characters.
const DATA: usize = 80;

/// Time, type, subject, id, source, and the first of the data.
pub(super) fn line(event: &CloudEvent) -> String {
    let time = event.time.as_ref().map_or("-", Time::text);
    let subject = event.subject.as_deref().unwrap_or("-");
    let attributes = [time, &event.type_, subject, &event.id, &event.source];
    let mut line = String::new();
    for attribute in attributes {
        escape(attribute, &mut line);
        line.push_str("  ");
    }
    match &event.data {
        Some(Data::Json(bytes)) => text(&String::from_utf8_lossy(bytes), &mut line),
        Some(Data::Binary(bytes)) => match std::str::from_utf8(bytes) {
            Ok(data) => text(data, &mut line),
            Err(_) => line += &format!("({} bytes)", bytes.len()),
        },
        None => line.truncate(line.trim_end().len()),
    }
    line
}

fn text(data: &str, line: &mut String) {
    let end = data.char_indices().nth(DATA);
    escape(&data[..end.map_or(data.len(), |(at, _)| at)], line);
    if end.is_some() {
        line.push('…');
    }
}

/// Adds a text, fit for a terminal: what would steer it, or turn the direction of writing, is shown as its number.
pub(super) fn escape(text: &str, line: &mut String) {
    for character in text.chars() {
        let steers = character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if steers {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
}
