//! The tables, held against those that a new file gets.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{Judge, Rule};
use crate::store::schema::{self, USER_VERSION};

impl Judge {
    /// A file of an older version is held against its own when it is migrated: by what is done to it.
    pub(super) fn schema(&mut self, connection: &Connection, version: u32) -> rusqlite::Result<()> {
        if version < USER_VERSION {
            return Ok(());
        }
        let sound = Connection::open_in_memory()?;
        schema::create(&sound)?;
        let (wanted, found) = (objects(&sound)?, objects(connection)?);
        for name in wanted.keys().chain(found.keys()) {
            let problem = match (wanted.get(name), found.get(name)) {
                (Some(wanted), Some(found)) if wanted == found => continue,
                (Some(_), Some(_)) => "is not what it is in this format",
                (Some(_), None) => "is missing",
                (None, _) => "is none of this format",
            };
            let place = format!("/sqlite_schema/{name}");
            let known = self
                .report
                .damage
                .iter()
                .any(|damage| damage.place == place);
            if !known {
                self.add(
                    Rule::File,
                    place,
                    format!("`{}` {problem}", name.escape_debug()),
                );
            }
        }
        Ok(())
    }
}

/// Views and indices by their text, tables by their columns: a column that a migration has added stands in the text of
/// its table as it would not in a new file.
fn objects(connection: &Connection) -> rusqlite::Result<BTreeMap<String, String>> {
    let mut statement = connection.prepare(
        "SELECT name, CASE type WHEN 'table' THEN
             (SELECT group_concat(name || ' ' || type || ' ' || \"notnull\" || ' ' || pk, ', ')
              FROM pragma_table_xinfo(sqlite_schema.name))
         ELSE coalesce(sql, '') END
         FROM sqlite_schema ORDER BY name",
    )?;
    let rows = statement.query_map([], |row| {
        let what: Option<String> = row.get(1)?;
        Ok((row.get(0)?, what.unwrap_or_default()))
    })?;
    rows.collect()
}
