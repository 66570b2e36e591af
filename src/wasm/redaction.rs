//! Redaction: what is found, what is replaced, and how exports of this session do it.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::{Answer, Failure, dto, json};
use crate::redact::own::{OwnRule, Refused};
use crate::redact::{self, Options};
use crate::text::cut;
use crate::value::Dynamic;

/// The most rules of the caller's own.
const MAX_RULES: usize = 100;

thread_local! {
    /// How exports redact.
    static SESSION: RefCell<Rc<Options>> = RefCell::new(Rc::default());
    /// The options of the last call that had some, and what they were made of.
    static LAST: RefCell<(String, Rc<Options>)> = RefCell::default();
}

/// The key of the pseudonyms of this session: random bits, which only the host can give.
#[wasm_bindgen(js_name = setRedactKey)]
pub fn set_redact_key(low: u64, high: u64) {
    let session = Options {
        key: [low, high],
        ..Options::clone(&session())
    };
    SESSION.set(Rc::new(session));
    LAST.take();
}

/// How texts are redacted in this session.
pub(super) fn session() -> Rc<Options> {
    SESSION.with_borrow(Rc::clone)
}

/// Sets how exports redact: JSON, `{"keep": […], "rules": [{"id", "pattern"}]}`.
#[wasm_bindgen(js_name = redactConfigure)]
pub fn configure(settings: &str) -> Answer<()> {
    SESSION.set(Rc::new(read(settings)?));
    Ok(())
}

/// Where the secrets of a text are.
#[wasm_bindgen(js_name = redactFind)]
pub fn find(text: &str, settings: Option<String>) -> Answer {
    let options = options(settings)?;
    let found = redact::find(text, &options);
    // Offsets of all places in one pass over the text.
    let (mut units, mut last) = (0, 0);
    let mut offset = |at: u32| {
        let piece = text.get(last..at as usize).unwrap_or_default();
        units += piece.encode_utf16().count();
        last = at as usize;
        units
    };
    let places: Vec<(usize, usize, &str)> = found
        .iter()
        .map(|found| (offset(found.span.start), offset(found.span.end), found.rule))
        .collect();
    json::list(&places, dto::secret)
}

/// The text with a pseudonym in the place of each secret; its name may say that all of it is one.
#[wasm_bindgen(js_name = redactApply)]
pub fn apply(text: &str, settings: Option<String>, name: &str) -> Answer<String> {
    let options = options(settings)?;
    Ok(redact::apply_to(name, text, &options))
}

/// The options of one call, or those of the session.
fn options(settings: Option<String>) -> Result<Rc<Options>, Failure> {
    let Some(settings) = settings else {
        return Ok(session());
    };
    let last = LAST.with_borrow(|(text, options)| (*text == settings).then(|| Rc::clone(options)));
    if let Some(options) = last {
        return Ok(options);
    }
    let options = Rc::new(read(&settings)?);
    LAST.set((settings, Rc::clone(&options)));
    Ok(options)
}

fn usage(message: &str) -> Failure {
    Failure::new("redact-rule", message).with_help(
        "as { keep: [\"email\"], rules: [{ id: \"customer\", pattern: \"C-[0-9]{6}\" }] }",
    )
}

fn read(settings: &str) -> Result<Options, Failure> {
    let settings = Dynamic::parse(settings).ok_or_else(|| usage("the settings are no JSON"))?;
    let list = |name: &str| match settings.member(name) {
        Dynamic::Null => Ok(Vec::new()),
        list => match list.items() {
            Some(items) => Ok(items.to_vec()),
            None => Err(usage(&format!("`{name}` is no list"))),
        },
    };
    let mut own: Vec<OwnRule> = Vec::new();
    for rule in list("rules")? {
        let Dynamic::String(id) = rule.member("id") else {
            return Err(usage("a rule has no `id`, which is a text"));
        };
        let is_taken = own.iter().any(|rule| *rule.id == *id)
            || redact::rules().iter().any(|rule| *rule.id == *id);
        if is_taken || id.is_empty() {
            let message = format!("there is a rule `{}` already", cut(&id, 40));
            return Err(
                Failure::new("redact-rule", message).with_help("give each rule an id of its own")
            );
        }
        let pattern = rule.member("pattern");
        let words = pattern.items().unwrap_or_default().iter();
        let words: Option<Vec<String>> = words.map(text).collect();
        own.push(match (&pattern, words) {
            (Dynamic::String(pattern), _) => {
                OwnRule::of_pattern(&id, pattern).map_err(|why| refused(pattern, why))?
            }
            (Dynamic::Array(_), Some(words)) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                OwnRule::of_words(&id, &words).map_err(|why| refused("", why))?
            }
            _ => {
                return Err(usage(
                    "the `pattern` of a rule is a text, or a list of words",
                ));
            }
        });
        if own.len() > MAX_RULES {
            return Err(usage("there are more than 100 rules"));
        }
    }
    let mut keep = Vec::new();
    for id in list("keep")? {
        let id = text(&id).ok_or_else(|| usage("`keep` lists ids, which are texts"))?;
        let is_known = own.iter().any(|rule| rule.id == id)
            || redact::rules().iter().any(|rule| rule.id == id);
        if !is_known {
            let ids: Vec<&str> = redact::rules().iter().map(|rule| rule.id).collect();
            let message = format!("there is no rule `{}` to keep", cut(&id, 40));
            return Err(Failure::new("redact-rule", message)
                .with_help(format!("there are {}", ids.join(", "))));
        }
        keep.push(id);
    }
    Ok(Options {
        key: session().key,
        keep,
        own,
    })
}

fn text(value: &Dynamic) -> Option<String> {
    match value {
        Dynamic::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// The place of what is wrong is one in the pattern.
fn refused(pattern: &str, why: Refused) -> Failure {
    Failure::new("redact-rule", why.message)
        .with_help(why.help)
        .with_range(pattern, why.span)
}
