//! The rules of schemas: one registry, from which findings take their ids and `ingenium schema explain` its pages.

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The stable id.
    pub id: &'static str,
    /// What holds, in a sentence.
    pub summary: &'static str,
    /// Why it must.
    pub why: &'static str,
    /// What breaks it.
    pub bad: &'static str,
    /// What does not.
    pub good: &'static str,
    /// What to do.
    pub fix: &'static str,
}

pub(crate) const KEYWORD_ALLOWED: &str = "ING-L-KEYWORD-ALLOWED";
pub(crate) const ID_MATCHES_PATH: &str = "ING-L-ID-MATCHES-PATH";
pub(crate) const NO_REMOTE_REF: &str = "ING-L-NO-REMOTE-REF";
pub(crate) const REF_RESOLVES: &str = "ING-L-REF-RESOLVES";
pub(crate) const TITLE_UNIQUE: &str = "ING-L-TITLE-UNIQUE";
pub(crate) const TYPE_NOT_PROPERTY_NAME: &str = "ING-L-TYPE-NOT-PROPERTY-NAME";
pub(crate) const RESERVED_WORD: &str = "ING-L-RESERVED-WORD";
pub(crate) const PROPERTY_PASCAL: &str = "ING-L-PROPERTY-PASCAL";
pub(crate) const ATTRIBUTE_LOWER: &str = "ING-L-ATTRIBUTE-LOWER";
pub(crate) const UNION_TAGGED: &str = "ING-L-UNION-TAGGED";
pub(crate) const REGEX_RE2: &str = "ING-L-REGEX-RE2";
pub(crate) const NUMBER_FORBIDDEN: &str = "ING-L-NUMBER-FORBIDDEN";
pub(crate) const REDUNDANT_KEYWORD: &str = "ING-L-REDUNDANT-KEYWORD";
pub(crate) const DESCRIPTION: &str = "ING-L-DESCRIPTION";
pub(crate) const EXAMPLES_VALID: &str = "ING-L-EXAMPLES-VALID";
pub(crate) const REQUIRED_DECLARED: &str = "ING-L-REQUIRED-DECLARED";
pub(crate) const VECTOR_COVERAGE: &str = "ING-L-VECTOR-COVERAGE";
pub(crate) const ENUM_EXTENSIBLE_EXPLICIT: &str = "ING-L-ENUM-EXTENSIBLE-EXPLICIT";
pub(crate) const DEPRECATED_HAS_REPLACEMENT: &str = "ING-L-DEPRECATED-HAS-REPLACEMENT";
pub(crate) const NAME_COLLISION: &str = "ING-L-NAME-COLLISION";
pub(crate) const TEXT: &str = "ING-L-TEXT";
pub(crate) const CATALOG: &str = "ING-L-CATALOG";
pub(crate) const JSON: &str = "ING-L-JSON";
pub(crate) const FILE: &str = "ING-L-FILE";

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule {
        id: KEYWORD_ALLOWED,
        summary: "only the keywords of the authoring subset stand in a schema",
        why: "every keyword must mean the same to every generator and validator",
        bad: "`\"format\": \"email\"` on a scalar",
        good: "a `pattern` that says the same",
        fix: "see schemas/meta/schema.schema.json for what may stand where",
    },
    Rule {
        id: ID_MATCHES_PATH,
        summary: "`$id` is the base URI, the major version and the name of the file",
        why: "ids are how schemas are named for ever",
        bad: "`\"$id\": \"https://example.com/order.json\"`",
        good: "`\"$id\": \"https://schemas.ingenium.example/1/portfolio.order.json\"`",
        fix: "write the id that the message names",
    },
    Rule {
        id: NO_REMOTE_REF,
        summary: "references stay in the file or go to the common one",
        why: "nothing is ever fetched",
        bad: "`\"$ref\": \"https://example.com/name.json\"`",
        good: "`\"$ref\": \"common.json#/$defs/Name\"`",
        fix: "copy the definition into the common file",
    },
    Rule {
        id: REF_RESOLVES,
        summary: "every reference leads to a definition, and not back to itself",
        why: "a validator that meets it fails at run time, at the receiver",
        bad: "`\"$ref\": \"#/$defs/Missing\"`",
        good: "`\"$ref\": \"common.json#/$defs/Name\"`",
        fix: "define it, or correct the name",
    },
    Rule {
        id: TITLE_UNIQUE,
        summary: "a type name stands once in the whole contract",
        why: "all types of a language live in one namespace",
        bad: "two events with the title `OrderEvent`",
        good: "`OrderEvent` and `CancelEvent`",
        fix: "rename one of them",
    },
    Rule {
        id: TYPE_NOT_PROPERTY_NAME,
        summary: "no type is named as a member, or as a global of a target language",
        why: "generators rename it (`Symbol_1`), or it shadows the global",
        bad: "a definition `Symbol` beside a member `Symbol`",
        good: "`InstrumentSymbol`",
        fix: "give the type a longer name",
    },
    Rule {
        id: RESERVED_WORD,
        summary: "no name is a word of a target language",
        why: "it cannot be written there as it is",
        bad: "a member `None`",
        good: "`NoneOf`",
        fix: "rename it",
    },
    Rule {
        id: PROPERTY_PASCAL,
        summary: "members are in PascalCase",
        why: "it is the form of the wire since the first system",
        bad: "`limit_price`",
        good: "`LimitPrice`",
        fix: "write it in PascalCase",
    },
    Rule {
        id: ATTRIBUTE_LOWER,
        summary: "CloudEvents attributes are lower-case letters and digits",
        why: "the specification allows nothing else",
        bad: "`partitionKey`",
        good: "`partitionkey`",
        fix: "write it in lower case",
    },
    Rule {
        id: UNION_TAGGED,
        summary: "`oneOf` is a tag table or a tagged union, complete and disjoint",
        why: "only a tag can be read before the rest, and be told to people",
        bad: "a branch without a `const`",
        good: "`\"Type\": { \"const\": \"LIMIT\" }` in each branch",
        fix: "fix the tag in each branch, with a value of its enumeration",
    },
    Rule {
        id: REGEX_RE2,
        summary: "patterns are RE2, anchored at both ends, and small",
        why: "they run in linear time in every language; unanchored ones let anything through",
        bad: "`(?=a)a`, `[0-9]+`, `^(a{1000}){1000}$`",
        good: "`^[0-9]{1,18}$`",
        fix: "anchor it; write look-around as a second pattern or `not`",
    },
    Rule {
        id: NUMBER_FORBIDDEN,
        summary: "there is no JSON number",
        why: "validators disagree about `1.0`, and parsers round",
        bad: "`\"type\": \"number\"`",
        good: "`\"$ref\": \"common.json#/$defs/Decimal\"`",
        fix: "use a decimal or a count, as strings",
    },
    Rule {
        id: REDUNDANT_KEYWORD,
        summary: "no keyword says what another says already",
        why: "a keyword that no value can notice cannot be tested",
        bad: "`\"maxLength\": 20` beside `^[0-9]{1,18}$`",
        good: "the pattern alone",
        fix: "remove it",
    },
    Rule {
        id: DESCRIPTION,
        summary: "every definition and member has a description",
        why: "it becomes the documentation in every language",
        bad: "a member without one",
        good: "`\"description\": \"Limit price, in Currency per unit.\"`",
        fix: "say what it is, with its unit",
    },
    Rule {
        id: EXAMPLES_VALID,
        summary: "every definition and member has examples, and they are valid",
        why: "people copy them",
        bad: "`\"examples\": [\"1e5\"]` on a decimal",
        good: "`\"examples\": [\"100000\"]`",
        fix: "correct the example",
    },
    Rule {
        id: REQUIRED_DECLARED,
        summary: "what is required is declared",
        why: "nobody could send it in the strict view",
        bad: "`\"required\": [\"Qty\"]` without such a member",
        good: "`\"required\": [\"Quantity\"]`",
        fix: "declare it, or correct the name",
    },
    Rule {
        id: VECTOR_COVERAGE,
        summary: "vectors show every member, enumeration value, variant and row of a tag table, and every required member missing",
        why: "what no vector shows, no other language is tested for",
        bad: "a new optional member without a vector",
        good: "a valid vector that has it",
        fix: "add the vector that the message names",
    },
    Rule {
        id: ENUM_EXTENSIBLE_EXPLICIT,
        summary: "every enumeration says whether consumers accept unknown values",
        why: "it can never be changed later",
        bad: "an enumeration without `x-ingenium-extensible`",
        good: "`\"x-ingenium-extensible\": false`",
        fix: "decide, and write it",
    },
    Rule {
        id: DEPRECATED_HAS_REPLACEMENT,
        summary: "what is deprecated names what replaces it",
        why: "users must know where to go",
        bad: "`\"deprecated\": true` alone",
        good: "`\"deprecated\": true, \"x-ingenium-replaced-by\": \"LimitPrice\"`",
        fix: "name the member or definition that replaces it",
    },
    Rule {
        id: NAME_COLLISION,
        summary: "names differ in more than case and underscores",
        why: "they are one name in languages with other conventions",
        bad: "`TimeInForce` and `TimeinForce`",
        good: "`TimeInForce` and `OrderLifetime`",
        fix: "rename one of them",
    },
    Rule {
        id: TEXT,
        summary: "texts are one line without control, bidirectional and zero-width characters",
        why: "they stand in generated code and pages",
        bad: "a description with U+202E",
        good: "plain text",
        fix: "remove the character",
    },
    Rule {
        id: CATALOG,
        summary: "the catalog lists each event type once, with members that exist",
        why: "routing and every generated table follow from it",
        bad: "a subject property that the payload lacks",
        good: "`\"subject\": { \"property\": \"Symbol\" }`",
        fix: "correct the entry",
    },
    Rule {
        id: JSON,
        summary: "every schema file is JSON without duplicate members",
        why: "tools disagree about anything else",
        bad: "`{\"a\": 1, \"a\": 2}`",
        good: "`{\"a\": 2}`",
        fix: "correct the file",
    },
    Rule {
        id: FILE,
        summary: "every file that the catalog names can be read",
        why: "the contract is incomplete without it",
        bad: "a `schema` that is not there",
        good: "`\"schema\": \"events/portfolio.order.schema.json\"`",
        fix: "add the file, or correct the name",
    },
];
