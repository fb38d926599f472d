use super::*;

fn load(file: &str, environment: &[(&str, &str)], overrides: &Overrides) -> Result<Config, ConfigError> {
    let mut faults = Vec::new();
    let file = toml::from_str(file).unwrap();
    let variables = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let environment = read_environment(variables, &mut faults);
    let config = assemble(&file, &environment, overrides, &mut faults);
    if faults.is_empty() { Ok(config) } else { Err(ConfigError { faults }) }
}

#[test]
fn the_command_line_wins_over_environment_and_file() {
    let overrides = Overrides { listen: Some("127.0.0.1:3".to_owned()), ..Overrides::default() };
    let file = "listen = '127.0.0.1:1'\nindex_dir = 'a'\nfaq_data = 'x'";
    let config =
        load(file, &[("ZHENGQITONG_LISTEN", "127.0.0.1:2"), ("ZHENGQITONG_INDEX_DIR", "b")], &overrides).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.index_dir, Path::new("b"));
    assert_eq!(config.faq_data, Path::new("x"));
}

#[test]
fn an_empty_variable_is_no_value() {
    let empty = [("ZHENGQITONG_TELEGRAM__TOKEN", ""), ("ZHENGQITONG_LISTEN", " ")];
    let config = load("listen = '127.0.0.1:1'", &empty, &Overrides::default()).unwrap();
    assert!(config.telegram.is_none());
    assert_eq!(config.listen.port(), 1);
}

#[test]
fn every_fault_is_named_with_its_key() {
    let file = "listen = 'here'\n[hours]\nspans = '12:00-09:00'\n[telegram]\ntoken = 't'\napi_url = 'ftp://x'\n\
                [model]\ninstall = 'maybe'\nendpoint = 'http://127.0.0.1:1/v1'";
    let error = load(file, &[("ZHENGQITONG_LOG__COLOUR", "red")], &Overrides::default()).unwrap_err();
    let text = error.to_string();
    for key in [
        "listen",
        "hours.spans",
        "telegram.api_url",
        "model.install",
        "model.endpoint_model",
        "ZHENGQITONG_LOG__COLOUR",
    ] {
        assert!(text.contains(key), "{text}");
    }
}

#[test]
fn days_are_numbers_in_the_file_and_text_in_the_environment() {
    let days = |file, variables: &[(&str, &str)]| load(file, variables, &Overrides::default());
    assert_eq!(days("", &[]).unwrap().questions_keep_days, 180);
    assert_eq!(days("[questions]\nkeep_days = 30", &[]).unwrap().questions_keep_days, 30);
    let set = [("ZHENGQITONG_QUESTIONS__KEEP_DAYS", "90")];
    assert_eq!(days("[questions]\nkeep_days = 30", &set).unwrap().questions_keep_days, 90);
    for wrong in ["0", "-1", "4000", "'many'"] {
        let file = format!("[questions]\nkeep_days = {wrong}");
        let error = load(&file, &[], &Overrides::default()).unwrap_err();
        assert!(error.to_string().contains("questions.keep_days"), "{error}");
    }
}

#[test]
fn a_group_is_a_negative_number_in_the_file_and_in_the_environment() {
    fn group(file: &str, variables: &[(&str, &str)]) -> Result<Option<i64>, ConfigError> {
        let config = load(file, variables, &Overrides::default())?;
        Ok(config.telegram.and_then(|telegram| telegram.group))
    }
    assert_eq!(group("[telegram]\ntoken = 't'\ngroup = -1001", &[]).unwrap(), Some(-1001));
    let set = [("ZHENGQITONG_TELEGRAM__TOKEN", "t"), ("ZHENGQITONG_TELEGRAM__GROUP", "-1002")];
    assert_eq!(group("[telegram]\ngroup = -1001", &set).unwrap(), Some(-1002));
    for wrong in ["1001", "'@supervisors'"] {
        let error = group(&format!("[telegram]\ntoken = 't'\ngroup = {wrong}"), &[]).unwrap_err();
        assert!(error.to_string().contains("telegram.group"), "{error}");
    }
}

#[test]
fn a_webhook_is_a_public_address_with_a_path() {
    fn webhook(file: &str, variables: &[(&str, &str)]) -> Result<Option<WebhookSection>, ConfigError> {
        let config = load(&format!("[telegram]\ntoken = 't'\n{file}"), variables, &Overrides::default())?;
        Ok(config.telegram.and_then(|telegram| telegram.webhook))
    }
    assert!(webhook("", &[]).unwrap().is_none());
    let file = "webhook_url = 'https://zqt.example.gov.cn/telegram'";
    let section = webhook(file, &[("ZHENGQITONG_TELEGRAM__WEBHOOK_SECRET", "geheim-1_A")]).unwrap().unwrap();
    assert_eq!(section.url.path(), "/telegram");
    assert!(section.secret.is_some() && !format!("{section:?}").contains("geheim"));
    assert!(webhook("webhook_url = ''", &[]).unwrap().is_none());
    let own = "api_url = 'http://127.0.0.1:8081'\nwebhook_url = 'http://127.0.0.1:8080/telegram'";
    assert!(webhook(own, &[]).unwrap().is_some());
    for wrong in ["http://zqt.example.gov.cn/telegram", "https://zqt.example.gov.cn", "zqt.example.gov.cn/telegram"] {
        let error = webhook(&format!("webhook_url = '{wrong}'"), &[]).unwrap_err();
        assert!(error.to_string().contains("telegram.webhook_url"), "{error}");
    }
    for wrong in ["", "mit Leerzeichen", "密"] {
        let error = webhook(&format!("{file}\nwebhook_secret = '{wrong}'"), &[]).unwrap_err();
        assert!(error.to_string().contains("telegram.webhook_secret"), "{error}");
        assert!(wrong.is_empty() || !error.to_string().contains(wrong), "{error}");
    }
}

#[test]
fn tokens_and_keys_are_never_printed() {
    let environment =
        [("ZHENGQITONG_TELEGRAM__TOKEN", "123:secret"), ("ZHENGQITONG_MODEL__ENDPOINT_KEY", "secret too")];
    let file = "[model]\nendpoint = 'http://127.0.0.1:1/v1'\nendpoint_model = 'm'";
    let config = load(file, &environment, &Overrides::default()).unwrap();
    assert!(config.model.endpoint.is_some_and(|endpoint| endpoint.key.is_some()));
    let config = load(file, &environment, &Overrides::default()).unwrap();
    assert!(!format!("{config:?}").contains("secret"));
}

#[test]
fn the_model_lies_beside_the_database() {
    for (url, expected) in [
        ("sqlite://data/zhengqitong.db", "data/model"),
        ("sqlite:///srv/zqt/state.db?mode=rwc", "/srv/zqt/model"),
        ("sqlite:state.db", "model"),
        ("sqlite::memory:", "data/model"),
        ("postgres://host/zqt", "data/model"),
    ] {
        let overrides = Overrides { database_url: Some(url.to_owned()), ..Overrides::default() };
        assert_eq!(load("", &[], &overrides).unwrap().model.dir, Path::new(expected), "{url}");
    }
    let elsewhere = load("[model]\ndir = '/opt/model'", &[], &Overrides::default()).unwrap();
    assert_eq!(elsewhere.model.dir, Path::new("/opt/model"));
}
