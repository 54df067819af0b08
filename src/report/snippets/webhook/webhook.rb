require "openssl"

# Constant in time; a length is no secret.
def same?(one, two)
  one.bytesize == two.bytesize && OpenSSL.fixed_length_secure_compare(one, two)
end
# -- klaviyo

def genuine?(secret, headers, body)
  want = OpenSSL::HMAC.hexdigest("SHA256", secret, body + headers["Klaviyo-Timestamp"])
  same?(want, headers["Klaviyo-Signature"])
end
# -- stripe

def genuine?(secret, headers, body)
  parts = headers["Stripe-Signature"].split(",").map { |part| part.split("=", 2) }
  stamp = parts.assoc("t")[1]
  want = OpenSSL::HMAC.hexdigest("SHA256", secret, "#{stamp}.#{body}")
  fresh = (Time.now.to_i - stamp.to_i).abs < 300
  fresh && parts.any? { |name, value| name == "v1" && same?(want, value) }
end
# -- github

def genuine?(secret, headers, body)
  want = "sha256=" + OpenSSL::HMAC.hexdigest("SHA256", secret, body)
  same?(want, headers["X-Hub-Signature-256"])
end
# -- slack

def genuine?(secret, headers, body)
  stamp = headers["X-Slack-Request-Timestamp"]
  want = "v0=" + OpenSSL::HMAC.hexdigest("SHA256", secret, "v0:#{stamp}:#{body}")
  fresh = (Time.now.to_i - stamp.to_i).abs < 300
  fresh && same?(want, headers["X-Slack-Signature"])
end
# -- shopify

def genuine?(secret, headers, body)
  want = [OpenSSL::HMAC.digest("SHA256", secret, body)].pack("m0")
  same?(want, headers["X-Shopify-Hmac-Sha256"])
end
# -- twilio

def genuine?(secret, headers, url, form)
  text = url + form.sort.map { |name, value| name + value }.join
  want = [OpenSSL::HMAC.digest("SHA1", secret, text)].pack("m0")
  same?(want, headers["X-Twilio-Signature"])
end
