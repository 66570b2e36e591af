"""Sends body-*.json of this folder to @TABLE@.

Needs azure-identity, and an identity that may publish to the rule.
"""
import gzip
import os
from pathlib import Path
from urllib.request import Request, urlopen

from azure.identity import DefaultAzureCredential

endpoint = os.environ.get("ENDPOINT", "@ENDPOINT@")
rule = os.environ.get("RULE", "@RULE@")
uri = f"{endpoint}/dataCollectionRules/{rule}/streams/@STREAM@?api-version=@VERSION@"
token = DefaultAzureCredential(authority="@LOGIN@").get_token("@SCOPE@").token
headers = {
    "Authorization": f"Bearer {token}",
    "Content-Type": "application/json",
    "Content-Encoding": "gzip",
}
for body in sorted(Path(".").glob("body-*.json")):
    urlopen(Request(uri, gzip.compress(body.read_bytes()), headers, method="POST"))
    print(f"{body} sent")
