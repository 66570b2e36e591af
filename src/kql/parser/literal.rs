//! Literals: from the text of a token to its value.

use super::Parser;
use super::words::Traits;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::kql::token::{self, TokenKind};
use crate::kql::tree::{Expr, Literal};
use crate::value::dynamic::write_json_string;
use crate::value::{Decimal, datetime, guid, number, real, timespan};

impl Parser<'_> {
    /// A literal token, or none when the next token is no literal.
    pub(super) fn literal(&mut self) -> Option<Expr> {
        let kind = self.kind()?;
        if kind == TokenKind::Symbol
            || (kind == TokenKind::Word && !self.traits().any(Traits::TRUTH))
        {
            return None;
        }
        let text = self.peek();
        let literal = match kind {
            TokenKind::String | TokenKind::Unknown => return Some(self.string()),
            TokenKind::Long => {
                // `-9223372036854775808`: the sign is read before, and negating wraps back.
                let is_least = text == "9223372036854775808" && self.behind_minus();
                let value = if is_least {
                    Some(i64::MIN)
                } else {
                    token::long_value(text)
                };
                if value.is_none() {
                    self.bad_value(
                        "the number does not fit `long`",
                        Some("write a real, such as `1e20`"),
                    );
                }
                Literal::Long(value)
            }
            TokenKind::Real => Literal::Real(real::read(text.trim_end_matches('.'))),
            TokenKind::TimeSpan => {
                let value = token::timespan_value(text);
                if value.is_none() {
                    self.bad_value("the span does not fit `timespan`", None);
                }
                Literal::TimeSpan(value)
            }
            TokenKind::Typed => return Some(self.typed()),
            TokenKind::Word => Literal::Bool(Some(text.eq_ignore_ascii_case("true"))),
            _ => return None,
        };
        Some(Expr::Literal(literal, self.bump()))
    }

    /// String literals side by side are one text.
    fn string(&mut self) -> Expr {
        let start = self.here();
        let mut text = String::new();
        while matches!(self.kind(), Some(TokenKind::String | TokenKind::Unknown)) {
            let value = token::string_value(self.peek());
            if text.is_empty() {
                text = value;
            } else {
                text.push_str(&value);
            }
            self.bump();
        }
        Expr::Literal(Literal::String(text), self.from(start))
    }

    fn behind_minus(&self) -> bool {
        self.at > 0
            && self
                .tokens
                .get(self.at - 1)
                .is_some_and(|token| token.span.of(self.text) == "-")
    }

    /// A literal without a value reads as null.
    fn bad_value(&mut self, message: &str, help: Option<&str>) {
        let mut finding = Diagnostic::error(codes::BAD_VALUE, self.here(), message);
        finding.severity = Severity::Warning;
        finding.help = help.map(str::to_owned);
        self.slip(finding);
    }

    /// `datetime(…)`, `long(…)` and their kin.
    fn typed(&mut self) -> Expr {
        let text = self.peek();
        let (name, inner) = text.split_once('(').unwrap_or((text, ""));
        let inner = inner.strip_suffix(')').unwrap_or(inner).trim();
        if inner.contains(['{', '#', '<']) {
            return Expr::Placeholder {
                text: text.to_owned(),
                span: self.bump(),
            };
        }
        let is_null = inner == "null";
        let plain = inner.trim_matches(['"', '\'']);
        let (literal, is_read) = match name {
            "bool" => {
                let value = match plain.to_ascii_lowercase().as_str() {
                    "true" | "1" => Some(true),
                    "false" | "0" => Some(false),
                    _ => None,
                };
                (Literal::Bool(value), value.is_some())
            }
            "int" | "int32" => {
                let is_hex = plain.starts_with("0x") || plain.starts_with("0X");
                let narrow = |wide: i64| match u32::try_from(wide) {
                    Ok(bits) if is_hex => Some(bits as i32),
                    _ => i32::try_from(wide).ok(),
                };
                let value = number::parse_long(plain).and_then(narrow);
                (Literal::Int(value), value.is_some())
            }
            "long" | "int64" => {
                let value = number::parse_long(plain);
                (Literal::Long(value), value.is_some())
            }
            "real" | "double" => {
                let value = number::parse_real(plain);
                (Literal::Real(value), value.is_some())
            }
            "decimal" => {
                let value = Decimal::parse(plain).map(|_| plain.to_owned());
                (Literal::Decimal(value.clone()), value.is_some())
            }
            "datetime" | "date" => {
                let value = datetime::parse(plain).or_else(|| datetime::parse(&usual_date(plain)?));
                (Literal::DateTime(value), value.is_some())
            }
            "timespan" | "time" => {
                let value = timespan::parse(plain);
                (Literal::TimeSpan(value), value.is_some())
            }
            _ => {
                let value = guid::parse(plain);
                (Literal::Guid(value.map(u128::to_be_bytes)), value.is_some())
            }
        };
        if !is_read && !is_null {
            let help = format!("`{name}(…)` takes a constant; `to{name}(…)` converts a value");
            self.bad_value(&format!("the text is no `{name}`"), Some(&help));
        }
        Expr::Literal(literal, self.bump())
    }

    /// `dynamic(…)`, with the next token at `dynamic`.
    pub(super) fn dynamic(&mut self) -> Expr {
        let start = self.bump();
        let opened = self.bump();
        let first = self.at;
        let mut json = String::new();
        self.json(&mut json);
        self.close(")", opened);
        let span = self.from(start);
        let read = self.tokens.get(first..self.at).unwrap_or(&[]);
        if read
            .iter()
            .any(|token| token.kind == TokenKind::Placeholder)
        {
            return Expr::Placeholder {
                text: span.of(self.text).to_owned(),
                span,
            };
        }
        Expr::Literal(Literal::Dynamic(json), span)
    }

    fn json(&mut self, out: &mut String) {
        self.down(|_| (), |parser| parser.json_value(out));
    }

    fn json_value(&mut self, out: &mut String) {
        let start = self.here();
        if self.eat("[") {
            out.push('[');
            if !self.at("]") {
                self.json_items(out, Self::json);
            }
            self.close("]", start);
            out.push(']');
            return;
        }
        if self.eat("{") {
            out.push('{');
            if !self.at("}") {
                self.json_items(out, Self::json_pair);
            }
            self.close("}", start);
            out.push('}');
            return;
        }
        if self.kind() == Some(TokenKind::Placeholder) {
            self.bump();
            out.push_str("null");
            return;
        }
        if self.at("dynamic") && self.nth_is(1, "(") {
            match self.dynamic() {
                Expr::Literal(Literal::Dynamic(json), _) => out.push_str(&json),
                _ => out.push_str("null"),
            }
            return;
        }
        let is_negative = self.eat("-");
        let _ = !is_negative && self.eat("+");
        if self.eat("null") {
            out.push_str("null");
            return;
        }
        match self.literal() {
            Some(Expr::Literal(literal, _)) => write_literal(&literal, is_negative, out),
            Some(_) => out.push_str("null"),
            None => {
                let span = self.here();
                let message = format!("`dynamic(…)` takes a JSON literal, found {}", self.found());
                self.report(Diagnostic::error(codes::SYNTAX, span, message).with_help(
                    "use `todynamic(…)`, `pack_array(…)` or `bag_pack(…)` for computed values",
                ));
                out.push_str("null");
            }
        }
    }

    fn json_items(&mut self, out: &mut String, mut read: impl FnMut(&mut Self, &mut String)) {
        let mut is_first = true;
        self.list(|parser| {
            if !is_first {
                out.push(',');
            }
            is_first = false;
            read(parser, out);
        });
    }

    fn json_pair(&mut self, out: &mut String) {
        if self.kind() == Some(TokenKind::Placeholder) {
            self.bump();
            out.push_str("\"\":null");
            return;
        }
        if self.kind() != Some(TokenKind::String) {
            self.expected("a key in quotes");
            out.push_str("\"\":null");
            return;
        }
        write_json_string(&token::string_value(self.peek()), out);
        self.bump();
        out.push(':');
        self.expect(":", "a key of `dynamic`");
        self.json(out);
    }
}

/// `2025, 6, 14`, `01-31-2022` and `2022` in the spelling that `value` reads.
fn usual_date(text: &str) -> Option<String> {
    if let [year, month, day] = text.split(',').map(str::trim).collect::<Vec<_>>()[..] {
        return Some(format!("{year:0>4}-{month:0>2}-{day:0>2}"));
    }
    if text.len() == 4 {
        return Some(format!("{text}-01-01"));
    }
    let (date, time) = text.split_once(' ').unwrap_or((text, ""));
    date.find('-').filter(|&at| at <= 2)?;
    Some(
        format!("{} {time}", date.replace('-', "/"))
            .trim_end()
            .to_owned(),
    )
}

/// Writes a literal inside `dynamic(…)` as JSON.
fn write_literal(literal: &Literal, is_negative: bool, out: &mut String) {
    let sign = if is_negative { "-" } else { "" };
    match literal {
        Literal::Bool(Some(value)) => out.push_str(if *value { "true" } else { "false" }),
        Literal::Int(Some(value)) => out.extend([sign, &value.to_string()]),
        Literal::Long(Some(value)) => out.extend([sign, &value.to_string()]),
        Literal::Real(Some(value)) => match number::real_json(*value) {
            Some(text) => out.extend([sign, &text]),
            None => write_json_string(&number::real_text(*value), out),
        },
        Literal::Decimal(Some(text)) => out.extend([sign, text]),
        Literal::String(text) => write_json_string(text, out),
        Literal::DateTime(Some(ticks)) => write_json_string(&datetime::text(*ticks), out),
        Literal::TimeSpan(Some(ticks)) => {
            write_json_string(
                &timespan::text(if is_negative { -*ticks } else { *ticks }),
                out,
            );
        }
        Literal::Guid(Some(bytes)) => {
            write_json_string(&guid::text(u128::from_be_bytes(*bytes)), out);
        }
        Literal::Dynamic(json) => out.push_str(json),
        _ => out.push_str("null"),
    }
}
