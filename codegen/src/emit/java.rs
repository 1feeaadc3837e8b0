//! Java: a Maven artifact on Jackson.

use minijinja::value::Serde;
use minijinja::{Value, context};

use super::contract::{Enumeration, Event, Object};
use super::pattern::BRACED;
use super::render::{Renderer, Template};
use super::text;
use crate::error::Errors;
use crate::json::Json;
use crate::model::Model;
use crate::output::FileSet;
use crate::package::Options;

const COMMON: &str = "schemas/common.schema.json";

macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../templates/java/", $name, ".jinja")),
        )
    };
}

/// What other templates are made of, and what makes one file for each part of the contract.
const PARTS: &[Template] = &[
    template!("parts"),
    template!("object.java"),
    template!("union.java"),
    template!("src/main/scalar.java"),
    template!("src/main/enumeration.java"),
];

/// One file each, of the same name, in the folder of the package.
const FILES: &[Template] = &[
    template!("README.md"),
    template!("pom.xml"),
    template!("src/main/Refused.java"),
    template!("src/main/View.java"),
    template!("src/main/StrictJson.java"),
    template!("src/main/NumberText.java"),
    template!("src/main/Members.java"),
    template!("src/main/Writable.java"),
    template!("src/main/Payload.java"),
    template!("src/main/UnknownData.java"),
    template!("src/main/EventType.java"),
    template!("src/main/Times.java"),
    template!("src/main/Attributes.java"),
    template!("src/main/Profile.java"),
    template!("src/main/Event.java"),
    template!("src/main/Envelope.java"),
    template!("src/main/Http.java"),
    template!("src/main/Identity.java"),
    template!("src/test/PackageTest.java"),
    template!("src/test/Codec.java"),
];

/// Keywords, and methods of records and payloads that no component can be called after.
const WORDS: &[&str] = &[
    "abstract",
    "assert",
    "boolean",
    "break",
    "builder",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "clone",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "eventType",
    "extends",
    "false",
    "final",
    "finalize",
    "finally",
    "float",
    "for",
    "getClass",
    "goto",
    "hashCode",
    "if",
    "implements",
    "import",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "notify",
    "notifyAll",
    "null",
    "package",
    "parse",
    "partitionKey",
    "private",
    "protected",
    "public",
    "read",
    "return",
    "short",
    "static",
    "strictfp",
    "subject",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "toJson",
    "toNode",
    "toString",
    "transient",
    "true",
    "try",
    "void",
    "volatile",
    "wait",
    "while",
];

pub(super) fn emit(model: &Model, schemas: &[Json], options: &Options) -> Result<FileSet, Errors> {
    let name = options.package.as_str();
    let (group, artifact) = name.rsplit_once('.').unwrap_or((name, name));
    let version = model.version.replace("-draft", "-SNAPSHOT");
    let package =
        context! { name, group, artifact => format!("{}-{artifact}", last(group)), version };
    let mut renderer = Renderer::new(model, schemas, options, BRACED, package)?;
    let environment = &mut renderer.environment;
    environment.add_filter("constant", |name: String| {
        text::snake(&name).to_ascii_uppercase()
    });
    environment.add_filter("component", |name: String| {
        text::unreserved(text::camel(&name), WORDS)
    });
    environment.add_filter("member", |value: String| value);
    environment.add_filter("javadoc", |text: String| javadoc(&text));
    environment.add_filter("code", |text: String| code(&text));
    let events = std::mem::take(&mut renderer.contract.events);
    let unions: Vec<String> = events
        .iter()
        .filter_map(|event| event.union.as_ref())
        .map(|union| union.title.clone())
        .collect();
    renderer
        .environment
        .add_global("unions", Value::from(unions));
    for part in PARTS.iter().chain(FILES) {
        renderer.template(*part)?;
    }
    let folder = name.replace('.', "/");
    let main = format!("src/main/java/{folder}");
    for (template, _) in FILES {
        let path = template
            .replace("src/main", &main)
            .replace("src/test", &format!("src/test/java/{folder}"));
        renderer.render(template, &path)?;
    }
    let mut files = Files {
        renderer,
        folder: main,
    };
    for scalar in std::mem::take(&mut files.renderer.contract.scalars) {
        files.one(
            "src/main/scalar.java",
            &scalar.title,
            COMMON,
            Serde(&scalar).into(),
        )?;
    }
    for enumeration in std::mem::take(&mut files.renderer.contract.enumerations) {
        files.enumeration(&enumeration, COMMON)?;
    }
    for event in &events {
        files.event(event)?;
    }
    Ok(files.renderer.finish())
}

/// One file a type.
struct Files {
    renderer: Renderer,
    folder: String,
}

impl Files {
    fn one(
        &mut self,
        template: &str,
        title: &str,
        source: &str,
        part: Value,
    ) -> Result<(), Errors> {
        let path = format!("{}/{title}.java", self.folder);
        self.renderer.render_from(template, &path, source, part)
    }

    fn enumeration(&mut self, enumeration: &Enumeration, source: &str) -> Result<(), Errors> {
        let part = Serde(enumeration).into();
        self.one(
            "src/main/enumeration.java",
            &enumeration.title,
            source,
            part,
        )
    }

    fn object(&mut self, object: &Object, interface: &str, source: &str) -> Result<(), Errors> {
        let part = context! { object => Serde(object), interface, event => (), union => () };
        self.one("object.java", &object.title, source, part)
    }

    fn event(&mut self, event: &Event) -> Result<(), Errors> {
        let source = &event.source;
        for enumeration in &event.enumerations {
            self.enumeration(enumeration, source)?;
        }
        for object in &event.structs {
            self.object(object, "Writable", source)?;
        }
        if let Some(union) = &event.union {
            self.one("union.java", &union.title, source, Serde(union).into())?;
            for variant in &union.variants {
                self.object(&variant.content, &union.title, source)?;
            }
        }
        let part = context! {
            object => Serde(&event.payload),
            interface => "Payload",
            event => Serde(event),
            union => Serde(&event.union),
        };
        self.one("object.java", &event.title, source, part)
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// A text in a comment: what would end it, start a tag or an entity, or be translated before all else, is an entity.
fn javadoc(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('\\', "&#92;")
        .replace("*/", "*&#47;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('@', "&#64;")
        .replace('{', "&#123;")
        .replace('}', "&#125;")
}

/// A text in `{@code …}`.
fn code(text: &str) -> String {
    text.replace(['{', '}', '\\'], " ").replace("*/", "* /")
}
