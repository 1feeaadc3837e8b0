//! What calls give (clause 3.5). An argument that fails ends the call.

use std::borrow::Cow;

use super::error::EvaluationError;
use super::evaluation::{Evaluator, Stop};
use super::function::{Call, Text, concat, left, right, substring};
use super::operator::absolute;
use super::syntax::Node;
use super::value::Value;

impl<'a> Evaluator<'a> {
    pub(super) fn call(&mut self, call: &'a Call) -> Result<Value<'a>, Stop> {
        Ok(match call {
            Call::Length(text) => {
                let characters = self.text(text)?.chars().count();
                Value::Integer(i32::try_from(characters).unwrap_or(i32::MAX))
            }
            Call::Concat(texts) => {
                let texts = self.texts(texts)?;
                self.made(concat("CONCAT", "", &texts))
            }
            Call::ConcatWs(separator, texts) => {
                let separator = self.text(separator)?;
                let texts = self.texts(texts)?;
                self.made(concat("CONCAT_WS", &separator, &texts))
            }
            Call::Lower(text) => Value::String(Cow::Owned(self.text(text)?.to_lowercase())),
            Call::Upper(text) => Value::String(Cow::Owned(self.text(text)?.to_uppercase())),
            Call::Trim(text) => Value::String(match self.text(text)? {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
            }),
            Call::Left(arguments) => {
                let [text, count] = &**arguments;
                let (text, count) = (self.text(text)?, self.integer(count)?);
                self.made(left(text, count))
            }
            Call::Right(arguments) => {
                let [text, count] = &**arguments;
                let (text, count) = (self.text(text)?, self.integer(count)?);
                self.made(right(text, count))
            }
            Call::Substring(arguments) => {
                let [text, position] = &**arguments;
                let (text, position) = (self.text(text)?, self.integer(position)?);
                self.made(substring(text, position, None))
            }
            Call::SubstringOfLength(arguments) => {
                let [text, position, length] = &**arguments;
                let (text, position) = (self.text(text)?, self.integer(position)?);
                let length = self.integer(length)?;
                self.made(substring(text, position, Some(length)))
            }
            Call::Abs(number) => {
                let number = self.integer(number)?;
                Value::Integer(self.with_error(absolute(number)))
            }
            Call::Int(value) => {
                let value = self.value(value)?;
                Value::Integer(self.with_default(value.to_integer()))
            }
            Call::Bool(value) => {
                let value = self.value(value)?;
                Value::Boolean(self.with_default(value.to_boolean()))
            }
            Call::String(value) => Value::String(self.text(value)?),
            Call::Unknown { name, arguments } => {
                self.fail(EvaluationError::MissingFunction {
                    name: name.clone(),
                    arguments: *arguments,
                });
                Value::Boolean(false)
            }
        })
    }

    fn texts(&mut self, nodes: &'a [Node]) -> Result<Vec<Cow<'a, str>>, Stop> {
        nodes.iter().map(|node| self.text(node)).collect()
    }

    fn made(&mut self, made: Text<'a>) -> Value<'a> {
        Value::String(self.with_error(made))
    }
}
