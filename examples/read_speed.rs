//! Reads the exports of a folder and prints how fast: `read_speed FOLDER [rounds]`.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use kqlens::dataset::{AddOptions, Dataset};
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "data".to_owned());
    let n_rounds: usize = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(5);
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    for path in paths {
        let Ok(bytes) = std::fs::read(&path) else {
            continue;
        };
        if bytes.len() < 100_000 {
            continue;
        }
        let mut best = f64::MAX;
        let mut last = String::new();
        for _ in 0..n_rounds {
            let mut dataset = Dataset::new();
            let mut writer = dataset.open(AddOptions::default());
            let start = Instant::now();
            let result = bytes
                .chunks(1 << 20)
                .try_for_each(|chunk| writer.push(chunk).map(drop))
                .and_then(|()| writer.finish(&mut dataset));
            best = best.min(start.elapsed().as_secs_f64());
            last = match result {
                Ok(report) => format!(
                    "{} {:?} rejects {} {:?} | {} B/row, {:.2} per byte",
                    report.format,
                    report.tables,
                    report.reject_count,
                    report
                        .warnings
                        .iter()
                        .map(|warning| warning.code)
                        .collect::<Vec<_>>(),
                    report.heap_bytes as u64 / report.rows.max(1),
                    report.heap_bytes as f64 / bytes.len() as f64,
                ),
                Err(error) => error.to_string(),
            };
        }
        println!(
            "{:>22} {:7.0} MB/s  {last}",
            path.file_name().unwrap_or_default().to_string_lossy(),
            bytes.len() as f64 / best / 1e6
        );
    }
}
