#!/usr/bin/env python3
"""Prints sigv4-vectors.tsv: signatures by botocore for odd keys and queries.

    python3 make-sigv4-vectors.py > sigv4-vectors.tsv       (made with botocore 1.43.11)

Columns: kind, method, key, query (a=b&c=d, percent-encoded), session token, result; texts are percent-encoded.
The result of `header` is the Authorization header, that of `presign` the whole URL.
"""
import datetime
from unittest import mock
from urllib.parse import quote, unquote_to_bytes

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HOST = "cache.example.org:9000"
NOW = datetime.datetime(2024, 2, 29, 23, 59, 58, tzinfo=datetime.timezone.utc)
KEYS = [
    b"nar/1b6z.nar.zst",
    b"a b+c~d_e-f.g",
    b"!\"#$%&'()*,:;<=>?@[\\]^`{|}",
    b"log/dot/./dot/../end/",
    b"//two//slashes",
    "caf\u00e9/\u6f22\u5b57/\U0001f600".encode(),
    "cafe\u0301 decomposed".encode(),
    b"%41%2f already escaped",
    bytes(range(1, 32)) + b"\x7f",
    b"k" * 1024,
]
QUERIES = [
    [],
    [("uploads", "")],
    [("uploadId", "2~abc/+=."), ("partNumber", "7")],
    [("prefix", "a b/\u00e9"), ("list-type", "2"), ("max-keys", "1000"), ("Z", "1"), ("z", "1")],
]


def encode(raw):
    return quote(raw, safe="-._~")


def url(key, query):
    path = "/bucket/" + quote(key, safe="-._~/")
    pairs = "&".join(encode(k) + "=" + encode(v) for k, v in query)
    return "http://" + HOST + path + ("?" + pairs if pairs else "")


def result(kind, method, key, query, token):
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    request = AWSRequest(method=method, url=url(key, query))
    request.context["payload_signing_enabled"] = True
    if kind == "header":
        botocore.auth.S3SigV4Auth(credentials, "s3", "eu-central-1").add_auth(request)
        return request.headers["Authorization"]
    botocore.auth.S3SigV4QueryAuth(credentials, "s3", "eu-central-1", expires=18000).add_auth(request)
    return request.url


def main():
    cases = [("PUT", key, [], None) for key in KEYS]
    cases += [("POST", KEYS[0], query, None) for query in QUERIES]
    cases += [("GET", KEYS[1], QUERIES[3], "to/ken+with=odd chars")]
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)), \
            mock.patch("botocore.compat.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        for kind in ("header", "presign"):
            for method, key, query, token in cases:
                pairs = "&".join(encode(k) + "=" + encode(v) for k, v in query)
                print("\t".join([kind, method, encode(key), pairs, encode(token or ""),
                                 encode(result(kind, method, key, query, token))]))


main()
