//! The quick way: one pass over an event that the judge has nothing to say about.
//!
//! Whatever is unusual is left to the slow way, right or wrong: escapes, characters that a header would encode,
//! attributes of other types than string, other time zones. So this file never has to explain anything.

use std::borrow::Cow;

use ingenium_types::read::{Members, Text};
use ingenium_types::scalar::{Scalar as _, UtcTimestamp};
use ingenium_types::{Decode as _, EventType, Payload, Reader, View};

use super::TypedEvent;
use crate::attribute::MAX_ATTRIBUTE;
use crate::profile::{self, MAX_EVENT};

/// The attributes, as far as they are read.
#[derive(Default)]
struct Attributes<'a> {
    specversion: Option<()>,
    id: Option<&'a str>,
    source: Option<&'a str>,
    event_type: Option<EventType>,
    subject: Option<&'a str>,
    time: Option<UtcTimestamp>,
    datacontenttype: Option<()>,
    dataschema: Option<&'a str>,
    recorded: Option<&'a str>,
    partition_key: Option<&'a str>,
    correlation_id: Option<&'a str>,
    causation_id: Option<&'a str>,
    traceparent: Option<&'a str>,
    run: Option<&'a str>,
    /// Names of other extensions, to see one that stands twice.
    others: [&'a str; OTHERS],
    other_count: usize,
}

/// So many extensions that have no slot of their own; with more an event goes the slow way.
const OTHERS: usize = 8;

pub(super) fn decode(body: &[u8], view: View) -> Option<TypedEvent<'_>> {
    let mut reader = Reader::new(body, view);
    let mut members = reader.enter().ok()?;
    let mut attributes = Attributes::default();
    attributes.foresee(&mut reader, &mut members)?;

    let payload = if reader.comes(&mut members, b",\"data\":") {
        let payload = Payload::read(attributes.event_type?, &mut reader).ok()?;
        while let Some(name) = next(&mut reader, &mut members)? {
            attributes.any(name, &mut reader)?;
        }
        reader.finish().ok()?;
        payload
    } else {
        attributes.around(&mut reader, &mut members)?
    };
    attributes.with(payload, body, view)
}

impl<'a> Attributes<'a> {
    /// Reads what stands in the canonical order, which is the order in which the SDK writes.
    #[inline]
    fn foresee(&mut self, reader: &mut Reader<'a>, members: &mut Members<'a>) -> Option<()> {
        if reader.comes(members, b"\"specversion\":\"1.0\"") {
            self.specversion = Some(());
        }
        if reader.comes(members, b",\"id\":") {
            self.id = Some(value(reader)?);
        }
        if reader.comes(members, b",\"source\":") {
            self.source = Some(source(reader)?);
        }
        if reader.comes(members, b",\"type\":") {
            self.event_type = Some(EventType::parse(reader.plain()?)?);
        }
        if reader.comes(members, b",\"subject\":") {
            self.subject = Some(value(reader)?);
        }
        if reader.comes(members, b",\"time\":") {
            self.time = Some(UtcTimestamp::decode(reader).ok()?);
        }
        if reader.comes(members, b",\"datacontenttype\":\"application/json\"") {
            self.datacontenttype = Some(());
        }
        if reader.comes(members, b",\"dataschema\":") {
            let own = self.event_type.map(EventType::schema_id);
            self.dataschema = match own.filter(|own| reader.is(own)) {
                Some(own) => Some(own),
                None => Some(reader.plain()?),
            };
        }
        if reader.comes(members, b",\"recordedtime\":") {
            self.recorded = Some(value(reader)?);
        }
        if reader.comes(members, b",\"partitionkey\":") {
            self.partition_key = Some(value(reader)?);
        }
        if reader.comes(members, b",\"correlationid\":") {
            self.correlation_id = Some(value(reader)?);
        }
        if reader.comes(members, b",\"causationid\":") {
            self.causation_id = Some(value(reader)?);
        }
        if reader.comes(members, b",\"traceparent\":") {
            self.traceparent = Some(traceparent(reader)?);
        }
        if reader.comes(members, b",\"ingeniumrun\":") {
            self.run = Some(value(reader)?);
        }
        Some(())
    }

    /// Reads the attributes that are left, before and after the data, and the data when they are known.
    fn around(&mut self, reader: &mut Reader<'a>, members: &mut Members<'a>) -> Option<Payload> {
        let mut data = None;
        while let Some(name) = next(reader, members)? {
            if name != "data" {
                self.any(name, reader)?;
            } else if data.is_none() {
                reader.position();
                let start = reader.clone();
                reader.leap()?;
                data = Some((start, reader.position()));
            } else {
                return None;
            }
        }
        reader.clone().finish().ok()?;
        let (mut reader, end) = data?;
        let payload = Payload::read(self.event_type?, &mut reader).ok()?;
        (reader.position() == end).then_some(payload)
    }

    /// Reads the attribute `name`, wherever it stands.
    fn any(&mut self, name: &'a str, reader: &mut Reader<'a>) -> Option<()> {
        reader.position();
        match name.as_bytes() {
            b"specversion" => once(&mut self.specversion, exactly(reader, "1.0")),
            b"id" => once(&mut self.id, value(reader)),
            b"source" => once(&mut self.source, source(reader)),
            b"type" => once(&mut self.event_type, EventType::parse(reader.plain()?)),
            b"subject" => once(&mut self.subject, value(reader)),
            b"time" => once(&mut self.time, UtcTimestamp::decode(reader).ok()),
            b"datacontenttype" => once(
                &mut self.datacontenttype,
                exactly(reader, "application/json"),
            ),
            b"dataschema" => once(&mut self.dataschema, reader.plain()),
            b"recordedtime" => once(&mut self.recorded, value(reader)),
            b"partitionkey" => once(&mut self.partition_key, value(reader)),
            b"correlationid" => once(&mut self.correlation_id, value(reader)),
            b"causationid" => once(&mut self.causation_id, value(reader)),
            b"traceparent" => once(&mut self.traceparent, traceparent(reader)),
            b"ingeniumrun" => once(&mut self.run, value(reader)),
            b"data" | b"data_base64" => None,
            b"sequence" => {
                let digits = reader.plain()?;
                let legal = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
                if legal { self.other(name) } else { None }
            }
            _ => {
                value(reader)?;
                self.other(name)
            }
        }
    }

    /// Takes note of an extension that has no slot.
    fn other(&mut self, name: &'a str) -> Option<()> {
        let legal = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if !legal || self.others[..self.other_count].contains(&name) {
            return None;
        }
        *self.others.get_mut(self.other_count)? = name;
        self.other_count += 1;
        Some(())
    }

    /// The event, if the attributes are complete and suit the payload.
    #[inline]
    fn with(self, payload: Payload, body: &[u8], view: View) -> Option<TypedEvent<'a>> {
        self.specversion?;
        let schema_id = payload.event_type().schema_id();
        if self.dataschema.is_some_and(|schema| schema != schema_id)
            || (view == View::Strict && !self.is_full(&payload, body))
        {
            return None;
        }
        Some(TypedEvent {
            id: Cow::Borrowed(self.id?),
            source: Cow::Borrowed(self.source?),
            subject: self.subject.map(Cow::Borrowed),
            time: self.time,
            partition_key: self.partition_key.map(Cow::Borrowed),
            correlation_id: self.correlation_id.map(Cow::Borrowed),
            causation_id: self.causation_id.map(Cow::Borrowed),
            traceparent: self.traceparent.map(Cow::Borrowed),
            run: self.run.map(Cow::Borrowed),
            payload,
        })
    }

    /// Whether a producer would be told nothing about the attributes.
    fn is_full(&self, payload: &Payload, body: &[u8]) -> bool {
        self.time.is_some()
            && self.datacontenttype.is_some()
            && self.dataschema.is_some()
            && self.subject == Some(payload.symbol().as_str())
            && self.partition_key.is_some()
            && payload
                .partition_key()
                .is_none_or(|key| self.partition_key == Some(key))
            && body.len() <= MAX_EVENT
            && profile::check_facts(self.time, payload).is_empty()
    }
}

/// The next name, where it is written without escapes; `None` inside at the end of the object.
#[inline]
#[expect(
    clippy::option_option,
    reason = "outside: go on the slow way; inside: no more names"
)]
fn next<'a>(reader: &mut Reader<'a>, members: &mut Members<'a>) -> Option<Option<&'a str>> {
    if let Some(name) = reader.next_plain(members) {
        return Some(Some(name));
    }
    match reader.next(members).ok()? {
        None => Some(None),
        Some(Text {
            text: Cow::Borrowed(name),
            ..
        }) => Some(Some(name)),
        Some(_) => None,
    }
}

/// Fills an empty slot.
#[inline]
fn once<T>(slot: &mut Option<T>, value: Option<T>) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value?);
    Some(())
}

/// An attribute's value that needs no encoding anywhere.
#[inline]
fn value<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    let text = reader.carried()?;
    (1..=MAX_ATTRIBUTE).contains(&text.len()).then_some(text)
}

/// A source of the form that the contract recommends: a path of characters that need no closer look.
#[inline]
fn source<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    let text = value(reader)?;
    let path = text.strip_prefix("/ingenium/")?;
    path.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-./_~".contains(&byte))
        .then_some(text)
}

#[inline]
fn traceparent<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    let text = reader.carried_exactly::<55>()?;
    profile::trace_id(text).map(|_| text)
}

fn exactly(reader: &mut Reader<'_>, wanted: &str) -> Option<()> {
    reader.is(wanted).then_some(())
}
