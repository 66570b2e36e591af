//! The boundary, called as JavaScript calls it, in Node and in a browser.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn get(value: &JsValue, key: &str) -> JsValue {
    js_sys::Reflect::get(value, &JsValue::from_str(key)).unwrap()
}

#[wasm_bindgen_test]
fn offsets_that_leave_are_utf16() {
    let parsed = kqlens::wasm::text::parse("print x = \"😀\" | | take 1").unwrap();
    let diagnostics = js_sys::Array::from(&get(&parsed, "diagnostics"));
    assert!(diagnostics.length() > 0);
    let start = get(&get(&diagnostics.get(0), "range"), "start")
        .as_f64()
        .unwrap();
    assert_eq!(start, 17.0);
}
