//! What refers to events: deliveries and positions; and the objects that say what they are for.

use rusqlite::Connection;

use super::{Judge, Rule};
use crate::store::reader;
use crate::store::record::offset;
use crate::trigger::{BrokerObject, Trigger};

impl Judge {
    pub(super) fn deliveries(
        &mut self,
        connection: &Connection,
        version: u32,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(
            "SELECT trigger, deliveries.offset, events.offset IS NULL, triggers.name IS NULL
             FROM deliveries LEFT JOIN events ON events.offset = deliveries.offset
             LEFT JOIN triggers ON triggers.name = deliveries.trigger
             WHERE events.offset IS NULL OR triggers.name IS NULL",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let trigger: String = row.get(0)?;
            let offset = row.get(1).map(offset)?;
            let (no_event, no_trigger): (bool, bool) = (row.get(2)?, row.get(3)?);
            let place = format!("/deliveries/{}/{offset}", pointer(&trigger));
            // Version 1 could write a settlement after its trigger was deleted.
            let missing = [(no_event, "event"), (no_trigger && version > 1, "trigger")];
            for (_, what) in missing.into_iter().filter(|(missing, _)| *missing) {
                let problem = format!("there is no such {what}");
                self.add(Rule::Delivery, place.clone(), problem);
            }
        }
        let mut statement = connection.prepare(
            "SELECT base64_data.offset FROM base64_data LEFT JOIN events USING (offset) WHERE events.offset IS NULL",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let place = format!("/base64_data/{}", row.get(0).map(offset)?);
            self.add(Rule::Base64, place, "there is no such event".to_owned());
        }
        Ok(())
    }

    pub(super) fn objects(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        for (name, kept) in reader::triggers(connection)? {
            let place = format!("/triggers/{}", pointer(&name));
            match Trigger::from_json(kept.object.as_bytes(), "") {
                Ok(trigger) if trigger.name == name => {}
                Ok(trigger) => {
                    let problem = format!("its object calls it `{}`", trigger.name.escape_debug());
                    self.add(Rule::Object, place.clone(), problem);
                }
                Err(error) => self.add(Rule::Object, place.clone(), error.to_string()),
            }
            let head = reader::head(connection)?;
            if kept.position > head {
                let problem = format!("its position is {}, the log ends at {head}", kept.position);
                self.add(Rule::Position, place, problem);
            }
        }
        let mut statement = connection.prepare("SELECT name, object FROM brokers")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (name, object): (String, String) = (row.get(0)?, row.get(1)?);
            if let Err(error) = BrokerObject::from_json(object.as_bytes()) {
                let place = format!("/brokers/{}", pointer(&name));
                self.add(Rule::Object, place, error.to_string());
            }
        }
        Ok(())
    }
}

/// A name as a step of a JSON pointer (RFC 6901).
fn pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
