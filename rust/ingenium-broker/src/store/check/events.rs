//! The events: each by itself, and whether all are there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ingenium_contract::Data;
use rusqlite::{Connection, Row};

use super::{Judge, Rule};
use crate::store::record::{StoredEvent, offset};
use crate::store::row::{columns, verify};

/// The column behind those of [`columns`].
const BASE64: usize = 13;

impl Judge {
    pub(super) fn events(&mut self, connection: &Connection, version: u32) -> rusqlite::Result<()> {
        // Before version 2 nothing was removed.
        let mut next = if version < 2 {
            1
        } else {
            crate::store::reader::first(connection)?
        };
        let sql = format!(
            "SELECT {}, (SELECT text FROM base64_data WHERE base64_data.offset = events.offset)
             FROM events ORDER BY offset",
            columns(version)
        );
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            self.report.events += 1;
            let found = row.get(0).map(offset)?;
            self.place_in_log(next, found);
            next = found + 1;
            let before = self.report.damage.len() as u64 + self.report.omitted;
            match verify(row) {
                Ok(event) => self.base64(row, &event),
                Err(problem) => self.add(Rule::Event, format!("/events/{found}"), problem),
            }
            let after = self.report.damage.len() as u64 + self.report.omitted;
            self.report.bad += u64::from(after > before);
        }
        if self.report.events == 0 && next > 1 {
            let problem = format!("the events from offset {next} on are gone");
            self.add(Rule::Offset, "/events".to_owned(), problem);
        }
        Ok(())
    }

    fn place_in_log(&mut self, next: u64, found: u64) {
        if found == next {
            return;
        }
        let problem = if found < next {
            format!("offset {found} lies before {next}, the first that retention has kept")
        } else if found - next == 1 {
            format!("offset {next} is missing")
        } else {
            format!("offsets {next} to {} are missing", found - 1)
        };
        let place = format!("/events/{}", next.min(found));
        self.add(Rule::Offset, place, problem);
    }

    fn base64(&mut self, row: &Row<'_>, event: &StoredEvent) {
        let wanted = match &event.event.data {
            Some(Data::Binary(bytes)) => Some(STANDARD.encode(bytes)),
            _ => None,
        };
        let found = row.get::<_, Option<String>>(BASE64);
        let problem = match found {
            Err(error) => error.to_string(),
            Ok(found) if found == wanted => return,
            Ok(None) => "the base64 text of its data is missing".to_owned(),
            Ok(Some(_)) => match wanted {
                Some(_) => "the base64 text is that of other data".to_owned(),
                None => "there is base64 text of data that is none".to_owned(),
            },
        };
        let place = format!("/base64_data/{}", event.offset);
        self.add(Rule::Base64, place, problem);
    }
}
