//! A validator for the part of JSON Schema that this project's schemas use; what it does not know
//! makes it fail, so that no schema is believed by accident.

use serde_json::Value;

/// Every way in which `value` breaks `schema`; `root` holds the definitions.
pub(crate) fn faults(schema: &Value, root: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let fault = |faults: &mut Vec<String>, what: String| faults.push(format!("{at}: {what}"));
    for (word, rule) in schema.as_object().expect("a schema is an object") {
        match word.as_str() {
            "$schema" | "title" | "description" | "$defs" => {}
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").expect("a definition");
                faults.extend(self::faults(&root["$defs"][name], root, value, at));
            }
            "type" => {
                let names: Vec<&str> = match rule {
                    Value::Array(names) => {
                        names.iter().map(|name| name.as_str().unwrap()).collect()
                    }
                    name => vec![name.as_str().unwrap()],
                };
                if !names.iter().any(|name| is_of_type(value, name)) {
                    fault(&mut faults, format!("{value} is not of type {names:?}"));
                }
            }
            "enum" if !rule.as_array().unwrap().contains(value) => {
                fault(&mut faults, format!("{value} is none of {rule}"));
            }
            "const" if rule != value => fault(&mut faults, format!("{value} is not {rule}")),
            "minLength" => {
                if value.as_str().is_some_and(|text| text.len() < rule.as_u64().unwrap() as usize) {
                    fault(&mut faults, "is too short".to_owned());
                }
            }
            "minimum" => {
                if value.as_i64().is_some_and(|number| number < rule.as_i64().unwrap()) {
                    fault(&mut faults, "is too small".to_owned());
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    if value.is_object() && value.get(name.as_str().unwrap()).is_none() {
                        fault(&mut faults, format!("lacks {name}"));
                    }
                }
            }
            "items" => {
                for (place, element) in value.as_array().into_iter().flatten().enumerate() {
                    faults.extend(self::faults(rule, root, element, &format!("{at}.{place}")));
                }
            }
            "properties" => {
                for (name, schema) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        faults.extend(self::faults(schema, root, value, &format!("{at}.{name}")));
                    }
                }
            }
            "additionalProperties" => {
                let listed = schema.get("properties").and_then(Value::as_object);
                let listed = |name: &String| listed.is_some_and(|listed| listed.contains_key(name));
                for (name, value) in value.as_object().into_iter().flatten() {
                    match rule {
                        _ if listed(name) => {}
                        Value::Bool(true) => {}
                        Value::Bool(false) => fault(&mut faults, format!("`{name}` is not known")),
                        schema => {
                            faults.extend(self::faults(
                                schema,
                                root,
                                value,
                                &format!("{at}.{name}"),
                            ));
                        }
                    }
                }
            }
            "oneOf" => {
                let fit = |schema: &&Value| self::faults(schema, root, value, at).is_empty();
                let fitting = rule.as_array().unwrap().iter().filter(fit).count();
                if fitting != 1 {
                    fault(&mut faults, format!("{fitting} of the alternatives fit"));
                }
            }
            "enum" | "const" => {}
            other => panic!("`{other}` is not checked by this validator"),
        }
    }
    faults
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("type `{other}` is not checked by this validator"),
    }
}
