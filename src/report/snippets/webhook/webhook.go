package webhook

@imports@
// -- klaviyo crypto/hmac crypto/sha256 encoding/hex net/http

func IsGenuine(secret string, headers http.Header, body []byte) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	mac.Write([]byte(headers.Get("Klaviyo-Timestamp")))
	want := hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(headers.Get("Klaviyo-Signature")))
}
// -- stripe crypto/hmac crypto/sha256 encoding/hex net/http strconv strings time

func IsGenuine(secret string, headers http.Header, body []byte) bool {
	var stamp string
	var sent []string
	for _, part := range strings.Split(headers.Get("Stripe-Signature"), ",") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "t":
			stamp = value
		case "v1":
			sent = append(sent, value)
		}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() >= 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	want := hex.EncodeToString(mac.Sum(nil))
	for _, value := range sent {
		if hmac.Equal([]byte(want), []byte(value)) {
			return true
		}
	}
	return false
}
// -- github crypto/hmac crypto/sha256 encoding/hex net/http

func IsGenuine(secret string, headers http.Header, body []byte) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(headers.Get("X-Hub-Signature-256")))
}
// -- slack crypto/hmac crypto/sha256 encoding/hex net/http strconv time

func IsGenuine(secret string, headers http.Header, body []byte) bool {
	stamp := headers.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() >= 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	want := "v0=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(headers.Get("X-Slack-Signature")))
}
// -- shopify crypto/hmac crypto/sha256 encoding/base64 net/http

func IsGenuine(secret string, headers http.Header, body []byte) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(headers.Get("X-Shopify-Hmac-Sha256")))
}
// -- twilio crypto/hmac crypto/sha1 encoding/base64 net/http net/url sort

func IsGenuine(secret string, headers http.Header, address string, form url.Values) bool {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	sort.Strings(names)
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(address))
	for _, name := range names {
		mac.Write([]byte(name + form.Get(name)))
	}
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(want), []byte(headers.Get("X-Twilio-Signature")))
}
