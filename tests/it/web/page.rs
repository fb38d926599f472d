//! The page as a browser without a script sees it, its assets and headers.

use reqwest::StatusCode;
use reqwest::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION, SET_COOKIE,
};
use zhengqitong::web::WebConfig;

use super::site::Site;

#[tokio::test]
async fn what_people_write_is_never_markup() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let hostile = "</textarea><script>alert(1)</script>\n<img src=x onerror='alert(2)'> \" & {{ 7*7 }} \u{202e}\0";
    assert_eq!(visitor.say("m1", hostile).await.0, 200);
    let page = visitor.page().await;
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
    assert!(page.contains("&#60;script&#62;alert(1)") || page.contains("&lt;script&gt;alert(1)"), "{page}");
    let answer = visitor.submit(&[("id", "f1"), ("text", &format!("{hostile}{}", "字".repeat(4_000)))]).await;
    let refused = answer.text().await.unwrap();
    assert!(!refused.contains("<script>alert") && !refused.contains("</textarea><"), "{refused}");
}

#[tokio::test]
async fn the_conversation_is_there_when_the_page_is_opened_again() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    assert!(visitor.page().await.contains("可以这样问"));
    visitor.say("m1", "【标题】\n第二行").await;
    site.write_to(&visitor, "【高新技术企业认定】\n正文\n依据：《办法》").await;
    let page = visitor.page().await;
    assert!(!page.contains("可以这样问"));
    assert!(page.contains("<p class=\"\">【标题】\n第二行</p>"), "{page}");
    assert!(page.contains("<p class=\"title\">【高新技术企业认定】</p>"), "{page}");
    assert!(page.contains("<p class=\"source\">依据：《办法》</p>"), "{page}");
    assert!(page.contains("data-after=\"2\""), "{page}");
    assert!(page.contains("value=\"human:1 找专员\" class=\"primary\""), "{page}");
}

#[tokio::test]
async fn the_chat_works_without_a_script() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    for _ in 0..2 {
        let answer = visitor.submit(&[("id", "f1"), ("text", "怎么注销？")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[LOCATION], "/#latest");
    }
    assert_eq!(site.handled(), 1);
    // Going back to the same page and pressing something else is something else.
    visitor.submit(&[("id", "f1"), ("press", "human:1 找专员")]).await;
    visitor.submit(&[("id", "f1"), ("shortcut", "/progress 查看进度")]).await;
    assert_eq!(site.handled(), 3);
    let page = visitor.page().await;
    for text in
        ["怎么注销？", "您说:怎么注销？", "<p class=\"\">找专员</p>", "您说:/progress", "<p class=\"\">查看进度</p>"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn a_refused_form_keeps_the_words() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let long = "字".repeat(4_001);
    let answer = visitor.submit(&[("id", "f1"), ("text", &long)]).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let page = answer.text().await.unwrap();
    assert!(page.contains("一次最多4000字，您输入了4001字") && page.contains(&long));
    assert_eq!(visitor.submit(&[("id", "f1"), ("text", "")]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.submit(&[("text", "没有编号")]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.get("/chat/form").send().await.unwrap().headers()[LOCATION], "/");
}

#[tokio::test]
async fn every_response_carries_the_security_headers() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    for path in ["/", "/chat/messages", "/assets/chat.js", "/nowhere", "/readyz", "/api/v1/ask"] {
        let response = visitor.get(path).send().await.unwrap();
        let headers = response.headers();
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert!(headers.contains_key("permissions-policy"), "{path}");
        if !path.starts_with("/assets") {
            assert_eq!(headers[CACHE_CONTROL], "no-store", "{path}");
        }
    }
    let page = visitor.page().await;
    for inline in ["<style", " style=", " onclick", "javascript:", "http://", "https://", "//cdn"] {
        assert!(!page.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_of_plain_http_behind_a_proxy() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let response = visitor.get("/").send().await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with(&visitor.cookie), "the same visitor keeps the same session");
    assert!(cookie.contains("HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000"), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");

    let site = Site::open_with(WebConfig { secure_cookies: true, ..WebConfig::default() }).await;
    let visitor = site.visitor().await;
    let response = visitor.get("/").send().await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-zqt=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(response.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn assets_are_kept_by_browsers_until_they_change() {
    let site = Site::open().await;
    let visitor = site.visitor().await;
    let page = visitor.page().await;
    for (name, content_type) in
        [("chat.css", "text/css"), ("chat.js", "text/javascript"), ("icon.svg", "image/svg+xml")]
    {
        let from = page.find(&format!("/assets/{name}?v=")).unwrap();
        let address = &page[from..from + page[from..].find('"').unwrap()];
        let response = visitor.get(address).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers();
        assert!(headers[CACHE_CONTROL].to_str().unwrap().contains("immutable"), "{name}");
        assert!(headers[CONTENT_TYPE].to_str().unwrap().starts_with(content_type), "{name}");
        let tag = headers[ETAG].clone();
        let again = visitor.get(address).header(IF_NONE_MATCH, tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let unversioned = visitor.get(&format!("/assets/{name}")).send().await.unwrap();
        assert_eq!(unversioned.headers()[CACHE_CONTROL], "public, no-cache");
    }
    assert_eq!(visitor.get("/assets/..%2f..%2fCargo.toml").send().await.unwrap().status(), StatusCode::NOT_FOUND);
}
