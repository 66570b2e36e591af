//! Prints what sources become: `inputs FILE…`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use kqlens::dataset::{AddOptions, Dataset};

fn main() {
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let mut dataset = Dataset::new();
        println!("== {path}");
        match dataset.add(&bytes, AddOptions::default()) {
            Err(error) => println!("   {} {error}", error.code),
            Ok(report) => {
                println!("   {} {} {:?}", report.format, report.encoding, report.evidence);
                println!("   {:?} records {} rejects {} {:?}", report.tables, report.records, report.reject_count, report.time_range_text());
                for warning in &report.warnings {
                    println!("   ! {} {}", warning.code, warning.message);
                }
                for reject in report.reject_samples.iter().take(3) {
                    println!("   x line {} offset {}: {} | {:.100}", reject.line, reject.offset, reject.reason, reject.text.replace('\n', "⏎"));
                }
                for table in dataset.all_tables() {
                    let first = |column| table.decode(0, column).map_or_else(String::new, |values| values.value(0).to_text());
                    let fields = table.fields().iter().enumerate();
                    let cells: Vec<String> = fields.map(|(at, field)| format!("{}:{}={:.40}", field.name, field.kind.name(), first(at))).collect();
                    println!("   {} {}", table.name(), cells.join(" · "));
                }
            }
        }
    }
}
