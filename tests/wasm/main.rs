//! The boundary, called as JavaScript calls it, in Node and in a browser.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test")]

use js_sys::{Array, JsString, Object, Reflect};
use kqlens::wasm::data::Dataset;
use kqlens::wasm::query::QueryResult;
use kqlens::wasm::text;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &JsValue::from_str(key)).unwrap()
}

fn options(pairs: &[(&str, &str)]) -> JsValue {
    let object = Object::new();
    for (key, value) in pairs {
        Reflect::set(&object, &JsValue::from_str(key), &JsValue::from_str(value)).unwrap();
    }
    object.into()
}

fn answer(dataset: &Dataset, query: &str) -> QueryResult {
    let mut job = dataset
        .start(query, &options(&[("now", "2026-03-03T12:00:00Z")]))
        .unwrap();
    while get(&job.step().unwrap(), "done") != JsValue::TRUE {}
    job.result().unwrap()
}

/// The first row of an answer.
fn row(query: &str) -> Array {
    Array::from(&answer(&Dataset::new(None), query).rows(0.0, 1.0).get(0))
}

#[wasm_bindgen_test]
fn offsets_that_leave_are_utf16() {
    let diagnostics = Array::from(&text::parse("print x = \"😀\" | | take 1").unwrap());
    assert!(diagnostics.length() > 0);
    let start = get(&get(&diagnostics.get(0), "range"), "start")
        .as_f64()
        .unwrap();
    assert_eq!(start, 17.0);
}

#[wasm_bindgen_test]
fn cells_are_what_json_would_hold() {
    let cells = row(
        "print long(9007199254740993), 1.5, real(nan), datetime(2026-03-03), 90s, true, int(null)",
    );
    assert_eq!(cells.get(0), JsValue::from_str("9007199254740993"));
    assert_eq!(cells.get(1), JsValue::from_f64(1.5));
    assert_eq!(cells.get(2), JsValue::from_str("NaN"));
    assert_eq!(
        cells.get(3),
        JsValue::from_str("2026-03-03T00:00:00.0000000Z")
    );
    assert_eq!(cells.get(4), JsValue::from_str("00:01:30"));
    assert_eq!(cells.get(5), JsValue::TRUE);
    assert_eq!(cells.get(6), JsValue::NULL);
}

#[wasm_bindgen_test]
fn a_key_of_a_log_is_never_a_prototype() {
    let bag = row("print parse_json('{\"__proto__\":{\"polluted\":1},\"a\":[1,null]}')").get(0);
    assert!(Object::keys(&Object::from(bag.clone())).includes(&JsValue::from_str("__proto__"), 0));
    assert!(get(&bag, "polluted").is_undefined());
    assert_eq!(Array::from(&get(&bag, "a")).length(), 2);
}

#[wasm_bindgen_test]
fn columns_are_typed_arrays() {
    let result = answer(
        &Dataset::new(None),
        "range x from 1 to 3 step 1 | extend t = tostring(x % 2), n = iff(x == 2, int(null), 7)",
    );
    let numbers = result.column(2).unwrap();
    assert_eq!(get(&numbers, "kind"), JsValue::from_str("numbers"));
    assert_eq!(
        js_sys::Uint8Array::from(get(&numbers, "isNull")).to_vec(),
        [0, 1, 0]
    );
    let texts = result.column(1).unwrap();
    assert_eq!(
        js_sys::Uint32Array::from(get(&texts, "codes")).to_vec(),
        [0, 1, 0]
    );
    assert_eq!(
        Array::from(&get(&texts, "texts")).join(","),
        JsString::from("1,0")
    );
}

#[wasm_bindgen_test]
fn a_failure_is_an_error_with_a_code_and_a_place() {
    let query = "print nothing_of_this_name";
    let Err(error) = Dataset::new(None).start(query, &options(&[("now", "2026-03-03T12:00:00Z")]))
    else {
        panic!("the query was accepted");
    };
    assert!(error.is_instance_of::<js_sys::Error>());
    assert!(get(&error, "code").as_string().unwrap().starts_with("KQL"));
    assert_eq!(get(&get(&error, "range"), "start").as_f64(), Some(6.0));
}

#[wasm_bindgen_test]
fn a_clock_is_required() {
    assert!(
        Dataset::new(None)
            .start("print 1", &JsValue::UNDEFINED)
            .is_err()
    );
}
