//! Tokens to a tree, by descent (clauses 2 and 3.6). Tighter binds: calls, `NOT` and `-`, then `LIKE` and `IN`, then
//! `*` `/` `%`, then `+` `-`, then comparisons, then `AND` `OR` `XOR`.

use super::error::ParseError;
use super::function::Call;
use super::lexer::{Kind, Token, tokens};
use super::like::Pattern;
use super::syntax::{Arithmetic, Chain, Comparison, Identifier, Logic, Node};
use super::{MAX_DEPTH, MAX_LENGTH};
use crate::trigger::nearest;

const KEYWORDS: [&str; 9] = [
    "AND", "OR", "XOR", "NOT", "LIKE", "EXISTS", "IN", "TRUE", "FALSE",
];

/// The tree, and the first function in it that does not exist.
pub(super) fn parse(text: &str) -> Result<(Node, Option<ParseError>), ParseError> {
    if text.len() > MAX_LENGTH {
        let problem = format!(
            "the expression has {} bytes, more than {MAX_LENGTH}",
            text.len()
        );
        return Err(ParseError::at(text, 0, problem));
    }
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        unknown: None,
    };
    let root = parser.logic()?;
    if parser.peek().kind != Kind::End {
        return Err(parser.unexpected("an operator or the end"));
    }
    Ok((root, parser.unknown))
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: usize,
    unknown: Option<ParseError>,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> &Token<'t> {
        // The last token is the end, and is never passed by.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn advance(&mut self) {
        self.at += 1;
    }

    fn unexpected(&self, wanted: &str) -> ParseError {
        let Token { kind, start } = self.peek();
        let problem = format!("found {kind} where {wanted} is expected");
        ParseError::at(self.text, *start, problem)
    }

    fn takes_symbol(&mut self, symbol: &str) -> bool {
        let taken = matches!(&self.peek().kind, Kind::Symbol(found) if *found == symbol);
        self.at += usize::from(taken);
        taken
    }

    fn is_keyword(&self, ahead: usize, keyword: &str) -> bool {
        let token = self.tokens.get(self.at + ahead);
        token.is_some_and(
            |token| matches!(&token.kind, Kind::Word(word) if word.eq_ignore_ascii_case(keyword)),
        )
    }

    fn takes_keyword(&mut self, keyword: &str) -> bool {
        let taken = self.is_keyword(0, keyword);
        self.at += usize::from(taken);
        taken
    }

    fn expect(&mut self, symbol: &str) -> Result<(), ParseError> {
        if self.takes_symbol(symbol) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{symbol}`")))
    }

    /// Parses what stands inside of something else.
    fn nested<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.depth == MAX_DEPTH {
            let problem = format!("the expression is nested deeper than {MAX_DEPTH}");
            return Err(ParseError::at(self.text, self.peek().start, problem));
        }
        self.depth += 1;
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }

    fn chain<O>(
        &mut self,
        operand: impl Fn(&mut Self) -> Result<Node, ParseError>,
        operator: impl Fn(&mut Self) -> Option<O>,
        node: impl FnOnce(Box<Chain<O>>) -> Node,
    ) -> Result<Node, ParseError> {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some(operator) = operator(self) {
            rest.push((operator, operand(self)?));
        }
        if rest.is_empty() {
            return Ok(first);
        }
        Ok(node(Box::new(Chain { first, rest })))
    }

    fn logic(&mut self) -> Result<Node, ParseError> {
        let operators = [("AND", Logic::And), ("OR", Logic::Or), ("XOR", Logic::Xor)];
        self.chain(
            Self::comparison,
            |parser| {
                let mut operators = operators.into_iter();
                operators
                    .find_map(|(word, operator)| parser.takes_keyword(word).then_some(operator))
            },
            Node::Logic,
        )
    }

    fn comparison(&mut self) -> Result<Node, ParseError> {
        let operators = [
            ("=", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<>", Comparison::NotEqual),
            ("<", Comparison::Less),
            ("<=", Comparison::LessOrEqual),
            (">", Comparison::Greater),
            (">=", Comparison::GreaterOrEqual),
        ];
        self.chain(
            Self::sum,
            |parser| parser.symbol(&operators),
            Node::Comparison,
        )
    }

    fn sum(&mut self) -> Result<Node, ParseError> {
        let operators = [("+", Arithmetic::Add), ("-", Arithmetic::Subtract)];
        self.chain(
            Self::product,
            |parser| parser.symbol(&operators),
            Node::Arithmetic,
        )
    }

    fn product(&mut self) -> Result<Node, ParseError> {
        let operators = [
            ("*", Arithmetic::Multiply),
            ("/", Arithmetic::Divide),
            ("%", Arithmetic::Remainder),
        ];
        self.chain(
            Self::test,
            |parser| parser.symbol(&operators),
            Node::Arithmetic,
        )
    }

    fn symbol<O: Copy>(&mut self, operators: &[(&str, O)]) -> Option<O> {
        let mut operators = operators.iter();
        operators.find_map(|(symbol, operator)| self.takes_symbol(symbol).then_some(*operator))
    }

    /// An operand, and any `LIKE` and `IN` after it.
    fn test(&mut self) -> Result<Node, ParseError> {
        let operand = self.unary()?;
        self.tested(operand)
    }

    fn tested(&mut self, operand: Node) -> Result<Node, ParseError> {
        let negated = self.is_keyword(0, "NOT");
        let ahead = usize::from(negated);
        let operand = Box::new(operand);
        let node = if self.is_keyword(ahead, "LIKE") {
            self.at += ahead + 1;
            let Kind::Text(pattern) = &self.peek().kind else {
                return Err(self.unexpected("a string as the pattern"));
            };
            let pattern = Pattern::new(pattern);
            self.advance();
            Node::Like {
                operand,
                pattern,
                negated,
            }
        } else if self.is_keyword(ahead, "IN") {
            self.at += ahead + 1;
            self.expect("(")?;
            let set = self.nested(|parser| parser.list(false))?;
            Node::In {
                operand,
                set,
                negated,
            }
        } else {
            return Ok(*operand);
        };
        // What was tested may be tested again, and is then inside of something else.
        self.nested(|parser| parser.tested(node))
    }

    /// Expressions with commas between them and the closing parenthesis.
    fn list(&mut self, may_be_empty: bool) -> Result<Vec<Node>, ParseError> {
        let mut nodes = Vec::new();
        if may_be_empty && self.takes_symbol(")") {
            return Ok(nodes);
        }
        loop {
            nodes.push(self.logic()?);
            if self.takes_symbol(")") {
                return Ok(nodes);
            }
            if !self.takes_symbol(",") {
                return Err(self.unexpected("`,` or `)`"));
            }
        }
    }

    fn unary(&mut self) -> Result<Node, ParseError> {
        if self.takes_keyword("NOT") {
            let operand = self.nested(Self::unary)?;
            return Ok(Node::Not(Box::new(operand)));
        }
        if self.takes_keyword("EXISTS") {
            let Kind::Word(word) = self.peek().kind else {
                return Err(self.unexpected("the name of an attribute"));
            };
            return self.identifier(word).map(Node::Exists);
        }
        for (sign, is_minus) in [("-", true), ("+", false)] {
            let start = self.peek().start;
            if !self.takes_symbol(sign) {
                continue;
            }
            // A sign belongs to the digits after it: there is no other way to write the least integer.
            if let Kind::Word(word) = self.peek().kind
                && is_number(word)
            {
                return self.integer(&format!("{sign}{word}"), start);
            }
            if !is_minus {
                return Err(self.unexpected("a number after the sign"));
            }
            let operand = self.nested(Self::unary)?;
            return Ok(Node::Negate(Box::new(operand)));
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Node, ParseError> {
        if self.takes_symbol("(") {
            let inner = self.nested(Self::logic)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let start = self.peek().start;
        match self.peek().kind.clone() {
            Kind::Text(text) => {
                self.advance();
                Ok(Node::String(text))
            }
            Kind::Word(word) if word.eq_ignore_ascii_case("TRUE") => {
                self.advance();
                Ok(Node::Boolean(true))
            }
            Kind::Word(word) if word.eq_ignore_ascii_case("FALSE") => {
                self.advance();
                Ok(Node::Boolean(false))
            }
            Kind::Word(word) if is_number(word) => self.integer(word, start),
            Kind::Word(word) => {
                let next = self.tokens.get(self.at + 1).map(|token| &token.kind);
                if next == Some(&Kind::Symbol("(")) && !is_keyword(word) {
                    return self.call(word, start);
                }
                self.identifier(word).map(Node::Attribute)
            }
            Kind::Symbol(_) | Kind::End => Err(self.unexpected("a value")),
        }
    }

    /// Takes digits, perhaps with a sign.
    fn integer(&mut self, digits: &str, start: usize) -> Result<Node, ParseError> {
        let number = digits.parse().map_err(|_| {
            let problem = format!("`{digits}` is beyond 32 bits");
            ParseError::at(self.text, start, problem)
        })?;
        self.advance();
        Ok(Node::Integer(number))
    }

    fn identifier(&mut self, word: &str) -> Result<Identifier, ParseError> {
        if is_keyword(word) {
            return Err(self.unexpected("a value"));
        }
        if word.contains('_') {
            return Err(self.unexpected("the name of an attribute, which has no `_`,"));
        }
        self.advance();
        Ok(Identifier {
            name: word.to_ascii_lowercase(),
            has_capitals: word.bytes().any(|byte| byte.is_ascii_uppercase()),
        })
    }

    fn call(&mut self, word: &str, start: usize) -> Result<Node, ParseError> {
        if word.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(self.unexpected("the name of a function, which has no digits,"));
        }
        self.at += 2;
        let arguments = self.nested(|parser| parser.list(true))?;
        let call = Call::new(&word.to_ascii_uppercase(), arguments);
        if let Call::Unknown { name, arguments } = &call
            && self.unknown.is_none()
        {
            let hint = nearest::suggest(name, &Call::NAMES);
            let problem = format!("there is no function `{name}` of {arguments} arguments; {hint}");
            self.unknown = Some(ParseError::at(self.text, start, problem));
        }
        Ok(Node::Call(call))
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_keyword(word: &str) -> bool {
    KEYWORDS
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}
