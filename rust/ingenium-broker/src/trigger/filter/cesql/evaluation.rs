//! A tree and an event to a value (clauses 3.2, 3.3 and 3.6).

use std::borrow::Cow;

use ingenium_contract::CloudEvent;

use super::error::EvaluationError;
use super::operator::negate;
use super::syntax::{Arithmetic, Chain, Comparison, Identifier, Logic, Node};
use super::value::{Type, Value};
use super::{Evaluation, Profile};

/// Evaluates a tree.
pub(super) fn evaluate<'a>(
    root: &'a Node,
    event: &'a CloudEvent,
    profile: Profile,
) -> Evaluation<'a> {
    let mut evaluator = Evaluator {
        event,
        profile,
        errors: Vec::new(),
    };
    let value = match evaluator.operand(root) {
        Operand::Value(value) => value,
        // The type of what is not there is not known: the specification takes it for Boolean.
        Operand::Missing => Value::Boolean(false),
    };
    Evaluation {
        value,
        errors: evaluator.errors,
    }
}

/// What an operator gets. An attribute that is not there has no value, not even a zero one.
pub(super) enum Operand<'a> {
    Value(Value<'a>),
    Missing,
}

/// The operation cannot be carried out: its value is the zero value of what it returns.
pub(super) struct Stop;

pub(super) struct Evaluator<'a> {
    event: &'a CloudEvent,
    profile: Profile,
    errors: Vec<EvaluationError>,
}

impl<'a> Evaluator<'a> {
    fn operand(&mut self, node: &'a Node) -> Operand<'a> {
        match node {
            Node::Boolean(value) => Operand::Value(Value::Boolean(*value)),
            Node::Integer(number) => Operand::Value(Value::Integer(*number)),
            Node::String(text) => Operand::Value(Value::String(Cow::Borrowed(text))),
            Node::Attribute(identifier) => self.attribute(identifier),
            operation => {
                let zero = || operation.returns().zero();
                Operand::Value(self.operation(operation).unwrap_or_else(|Stop| zero()))
            }
        }
    }

    fn attribute(&mut self, identifier: &Identifier) -> Operand<'a> {
        // Knative's broker on Kafka looks for the name as it is written, and no attribute has capitals.
        let hidden = identifier.has_capitals && self.profile == Profile::Kafka;
        let found = self.event.attribute_value(&identifier.name);
        if let Some(attribute) = found.filter(|_| !hidden) {
            return Operand::Value(attribute.into());
        }
        let name = identifier.name.clone();
        self.errors.push(EvaluationError::MissingAttribute { name });
        Operand::Missing
    }

    fn operation(&mut self, node: &'a Node) -> Result<Value<'a>, Stop> {
        Ok(match node {
            Node::Not(operand) => Value::Boolean(!self.boolean(operand)?),
            Node::Negate(operand) => {
                let number = self.integer(operand)?;
                Value::Integer(self.with_error(negate(number)))
            }
            Node::Exists(identifier) => {
                Value::Boolean(self.event.attribute_value(&identifier.name).is_some())
            }
            Node::Like {
                operand,
                pattern,
                negated,
            } => Value::Boolean(pattern.matches(&self.liked(operand)?) != *negated),
            Node::In {
                operand,
                set,
                negated,
            } => Value::Boolean(self.is_in(operand, set)? != *negated),
            Node::Arithmetic(chain) => self.arithmetic(chain),
            Node::Comparison(chain) => self.comparison(chain),
            Node::Logic(chain) => Value::Boolean(match self.profile {
                Profile::Ingenium => self.logic_from_the_left(chain),
                // The grammar of the official SDKs lets these operators associate to the right.
                Profile::Kafka | Profile::Mt => self.logic_from_the_right(chain),
            }),
            Node::Call(call) => self.call(call)?,
            Node::Boolean(_) | Node::Integer(_) | Node::String(_) | Node::Attribute(_) => {
                return Err(Stop);
            }
        })
    }

    /// An operand's value. Missing is an end, and so is any error where evaluation stops at errors.
    fn settled(&self, operand: Operand<'a>) -> Result<Value<'a>, Stop> {
        match operand {
            Operand::Value(value) if !self.is_stopped() => Ok(value),
            _ => Err(Stop),
        }
    }

    /// Knative's broker on Kafka goes on after errors and does not look at them.
    fn is_stopped(&self) -> bool {
        self.profile != Profile::Kafka && !self.errors.is_empty()
    }

    pub(super) fn value(&mut self, node: &'a Node) -> Result<Value<'a>, Stop> {
        let operand = self.operand(node);
        self.settled(operand)
    }

    pub(super) fn boolean(&mut self, node: &'a Node) -> Result<bool, Stop> {
        let value = self.value(node)?;
        self.cast(value.to_boolean())
    }

    pub(super) fn integer(&mut self, node: &'a Node) -> Result<i32, Stop> {
        let value = self.value(node)?;
        self.cast(value.to_integer())
    }

    pub(super) fn text(&mut self, node: &'a Node) -> Result<Cow<'a, str>, Stop> {
        self.value(node).map(Value::into_text)
    }

    /// What a cast gives; after an error the default, or the end.
    fn cast<T: Default>(&mut self, cast: Result<T, EvaluationError>) -> Result<T, Stop> {
        let value = self.with_default(cast);
        if self.is_stopped() {
            Err(Stop)
        } else {
            Ok(value)
        }
    }

    pub(super) fn with_default<T: Default>(&mut self, cast: Result<T, EvaluationError>) -> T {
        cast.unwrap_or_else(|error| self.with_error((T::default(), Some(error))))
    }

    /// The value of something that may have failed.
    pub(super) fn with_error<T>(&mut self, (value, error): (T, Option<EvaluationError>)) -> T {
        self.errors.extend(error);
        value
    }

    pub(super) fn fail(&mut self, error: EvaluationError) {
        self.errors.push(error);
    }

    /// The text that a pattern is held against.
    fn liked(&mut self, operand: &'a Node) -> Result<Cow<'a, str>, Stop> {
        match self.operand(operand) {
            // Knative's broker on Kafka takes what is missing for the value false, and that for a text.
            Operand::Missing if self.profile == Profile::Kafka => Ok(Cow::Borrowed("false")),
            operand => self.settled(operand).map(Value::into_text),
        }
    }

    fn is_in(&mut self, operand: &'a Node, set: &'a [Node]) -> Result<bool, Stop> {
        let wanted = self.value(operand)?;
        for element in set {
            let element = self.value(element)?;
            if self.as_type(element, wanted.type_of())? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn as_type(&mut self, value: Value<'a>, wanted: Type) -> Result<Value<'a>, Stop> {
        Ok(match wanted {
            Type::Boolean => Value::Boolean(self.cast(value.to_boolean())?),
            Type::Integer => Value::Integer(self.cast(value.to_integer())?),
            Type::String => Value::String(value.into_text()),
        })
    }

    fn arithmetic(&mut self, chain: &'a Chain<Arithmetic>) -> Value<'a> {
        let mut left = self.operand(&chain.first);
        for (operator, right) in &chain.rest {
            let number = self.calculate(*operator, left, right);
            left = Operand::Value(Value::Integer(number.unwrap_or(0)));
        }
        self.settled(left).unwrap_or(Value::Integer(0))
    }

    fn calculate(
        &mut self,
        operator: Arithmetic,
        left: Operand<'a>,
        right: &'a Node,
    ) -> Result<i32, Stop> {
        let left = self.settled(left)?;
        let right = self.value(right)?;
        let left = self.cast(left.to_integer())?;
        let right = self.cast(right.to_integer())?;
        Ok(self.with_error(operator.apply(left, right)))
    }

    fn comparison(&mut self, chain: &'a Chain<Comparison>) -> Value<'a> {
        let mut left = self.operand(&chain.first);
        for (operator, right) in &chain.rest {
            let holds = self.compare(*operator, left, right);
            left = Operand::Value(Value::Boolean(holds.unwrap_or(false)));
        }
        self.settled(left).unwrap_or(Value::Boolean(false))
    }

    fn compare(
        &mut self,
        operator: Comparison,
        left: Operand<'a>,
        right: &'a Node,
    ) -> Result<bool, Stop> {
        let left = self.settled(left)?;
        let right = self.value(right)?;
        if matches!(operator, Comparison::Equal | Comparison::NotEqual) {
            // Which `=` is meant, of the three that there are, is said by the right operand.
            let left = self.as_type(left, right.type_of())?;
            return Ok((left == right) == (operator == Comparison::Equal));
        }
        let left = self.cast(left.to_integer())?;
        let right = self.cast(right.to_integer())?;
        Ok(operator.holds(left, right))
    }

    fn logic_from_the_left(&mut self, chain: &'a Chain<Logic>) -> bool {
        let mut left = self.boolean(&chain.first);
        for (operator, right) in &chain.rest {
            left = left.and_then(|left| match (operator, left) {
                (Logic::And, false) => Ok(false),
                (Logic::Or, true) => Ok(true),
                (Logic::And | Logic::Or, _) => self.boolean(right),
                (Logic::Xor, left) => self.boolean(right).map(|right| left != right),
            });
            // An operation with a missing operand is false, and may be the operand of the next.
            if left.is_err() && !self.is_stopped() {
                left = Ok(false);
            }
        }
        left.unwrap_or(false)
    }

    /// `a AND b OR c` as `a AND (b OR c)`.
    fn logic_from_the_right(&mut self, chain: &'a Chain<Logic>) -> bool {
        let mut left = &chain.first;
        // Whether the operations around this one turn its value over, and whether those around its right operand do.
        let (mut flip, mut inner_flip) = (false, false);
        for (operator, right) in &chain.rest {
            flip = inner_flip;
            // An operation with a missing operand is false, and may be the operand of those around it.
            let Ok(value) = self.boolean(left) else {
                return flip && !self.is_stopped();
            };
            match (operator, value) {
                (Logic::And, false) | (Logic::Or, true) => return value != flip,
                (Logic::And | Logic::Or, _) => {}
                (Logic::Xor, value) => inner_flip ^= value,
            }
            left = right;
        }
        match self.boolean(left) {
            Ok(value) => value != inner_flip,
            Err(Stop) => flip && !self.is_stopped(),
        }
    }
}
