//! Tests of both printers.

use super::*;
use crate::value::Dynamic;

fn template() -> Template {
    let guid = Expression::Call("guid", vec![id("pack"), "slow".into()]);
    Template {
        parameters: vec![
            Parameter::location(),
            Parameter::string("packName", "The pack's name.").or("it's [1]"),
            Parameter {
                is_secret: true,
                allowed: vec!["a".into(), "b".into()],
                ..Parameter::string("key", "A key.")
            },
        ],
        resources: vec![
            Resource::existing("apim", "M.Api/service", "2024-05-01", "contoso"),
            Resource::new(
                "pack",
                "M.Op/queryPacks",
                "2019-09-01",
                parameter("packName"),
                [("location", parameter("location"))],
            ),
            Resource::new(
                "slow",
                "M.Op/queryPacks/queries",
                "2019-09-01",
                guid,
                [(
                    "properties",
                    object([
                        ("body", "[print '${x}\\'\n]".into()),
                        ("hidden-title", Json::Real(0.5)),
                        ("none", Json::List(Vec::new())),
                    ]),
                )],
            )
            .child_of("pack"),
            Resource::new(
                "setting",
                "M.Insights/diagnosticSettings",
                "2021-05-01-preview",
                "logs",
                [("properties", object([("pack", id("pack"))]))],
            )
            .extending("apim")
            .after("slow"),
        ],
        outputs: vec![Output {
            name: "packId",
            kind: "string",
            value: Expression::Property("slow", "id").into(),
        }],
    }
}

#[test]
fn arm_escapes_names_and_waits() {
    let text = template().arm();
    let read = Dynamic::parse(&text).unwrap();
    assert_eq!(
        read.member("parameters")
            .member("packName")
            .member("defaultValue")
            .to_text(),
        "it's [1]"
    );
    let resources = read.member("resources");
    assert_eq!(resources.items().unwrap().len(), 3);
    let slow = resources.item(1);
    let slow_name = "guid(resourceId('M.Op/queryPacks', parameters('packName')), 'slow')";
    assert_eq!(
        slow.member("name").to_text(),
        format!("[concat(parameters('packName'), '/', {slow_name})]")
    );
    assert_eq!(
        slow.member("properties").member("body").to_text(),
        "[[print '${x}\\'\n]"
    );
    assert_eq!(
        slow.member("dependsOn").to_json(),
        "[\"[resourceId('M.Op/queryPacks', parameters('packName'))]\"]"
    );
    let setting = resources.item(2);
    assert_eq!(
        setting.member("scope").to_text(),
        "[resourceId('M.Api/service', 'contoso')]"
    );
    assert_eq!(setting.member("dependsOn").items().unwrap().len(), 2);
    let id = format!("resourceId('M.Op/queryPacks/queries', parameters('packName'), {slow_name})");
    assert_eq!(
        read.member("outputs")
            .member("packId")
            .member("value")
            .to_text(),
        format!("[reference({id}, '2019-09-01').id]")
    );
}

#[test]
fn bicep_escapes_and_names_symbols() {
    let text = template().bicep();
    let expected = r"@description('Where the resources are made.')
param location string = resourceGroup().location

@description('The pack\'s name.')
param packName string = 'it\'s [1]'

@description('A key.')
@secure()
@allowed([
  'a'
  'b'
])
param key string

resource apim 'M.Api/service@2024-05-01' existing = {
  name: 'contoso'
}

resource pack 'M.Op/queryPacks@2019-09-01' = {
  name: packName
  location: location
}

resource slow 'M.Op/queryPacks/queries@2019-09-01' = {
  parent: pack
  name: guid(pack.id, 'slow')
  properties: {
    body: '[print \'\${x}\\\'\n]'
    'hidden-title': json('0.5')
    none: []
  }
}

resource setting 'M.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: apim
  name: 'logs'
  properties: {
    pack: pack.id
  }
  dependsOn: [
    slow
  ]
}

output packId string = slow.properties.id
";
    assert_eq!(text, expected);
}

#[test]
fn names_of_children_of_known_parents_are_texts() {
    let template = Template {
        resources: vec![
            Resource::existing("apim", "M.Api/service", "1", "contoso"),
            Resource::existing("space", "M.Api/service/workspaces", "1", parameter("space"))
                .child_of("apim"),
            Resource::new("log", "M.Api/service/workspaces/loggers", "1", "ai", [])
                .child_of("space"),
            Resource::new("other", "M.Api/service/loggers", "1", "ai", []).child_of("apim"),
        ],
        ..Template::default()
    };
    let resources = Dynamic::parse(&template.arm()).unwrap().member("resources");
    assert_eq!(
        resources.item(0).member("name").to_text(),
        "[concat('contoso/', parameters('space'), '/ai')]"
    );
    assert_eq!(resources.item(1).member("name").to_text(), "contoso/ai");
    assert!(resources.item(1).member("dependsOn").is_null());
}

#[test]
fn texts_come_back_from_both_languages() {
    let hostile = [
        "[",
        "[]",
        "[[x]",
        "[a]\n",
        "'${a}' $${ \\${ \\\\ $",
        "\r\n\t\u{0}\u{7f}\u{85}\u{2028}ü😀\"",
        "''",
        "@{x}",
    ];
    for text in hostile {
        let mut arm = String::new();
        write_marked(text, &mut arm);
        let read = Dynamic::parse(&arm).unwrap().to_text();
        let meant = match read.strip_prefix('[') {
            Some(rest) if read.starts_with("[[") && read.ends_with(']') => rest,
            _ => {
                assert!(!(read.starts_with('[') && read.ends_with(']')), "{read}");
                &read
            }
        };
        assert_eq!(meant, text);
        let mut bicep = String::new();
        write_bicep_text(text, &mut bicep);
        assert_eq!(read_bicep(&bicep), text, "{bicep}");
    }
}

/// The rules of the language for a text in quotes, read backwards.
fn read_bicep(text: &str) -> String {
    let inner = text.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap();
    let mut out = String::new();
    let mut rest = inner;
    while let Some(character) = rest.chars().next() {
        assert!(!rest.starts_with("${") && character != '\'' && !character.is_control());
        rest = &rest[character.len_utf8()..];
        if character != '\\' {
            out.push(character);
            continue;
        }
        let mark = rest.chars().next().unwrap();
        rest = &rest[mark.len_utf8()..];
        match mark {
            '\\' | '\'' | '$' => out.push(mark),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                let (code, after) = rest.strip_prefix('{').unwrap().split_once('}').unwrap();
                out.push(char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
                rest = after;
            }
            _ => panic!("{mark}"),
        }
    }
    out
}
