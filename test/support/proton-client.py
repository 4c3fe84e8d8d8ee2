"""An AMQP client of another make (Apache Qpid Proton) against a Service Bus broker.

usage: proton-client.py PORT QUEUE KEY_NAME KEY
Prints one JSON object that says what it saw. Tokens as in
https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
import urllib.parse

from proton import Message, symbol
from proton.reactor import AtLeastOnce
from proton.utils import BlockingConnection, LinkDetached, SendException


def token(resource, key_name, key):
    encoded = urllib.parse.quote_plus(resource)
    expiry = str(int(time.time()) + 3600)
    text = f"{encoded}\n{expiry}".encode()
    digest = hmac.new(key.encode(), text, hashlib.sha256).digest()
    signature = urllib.parse.quote_plus(base64.b64encode(digest))
    return f"SharedAccessSignature sr={encoded}&sig={signature}&se={expiry}&skn={key_name}"


def put_token(connection, resource, key_name, key):
    replies = connection.create_receiver("$cbs", name="cbs-replies", credit=1)
    requests = connection.create_sender("$cbs")
    properties = {
        "operation": "put-token",
        "type": "servicebus.windows.net:sastoken",
        "name": resource,
    }
    body = token(resource, key_name, key)
    requests.send(Message(id="1", reply_to="cbs-replies", properties=properties, body=body))
    reply = replies.receive(timeout=20)
    requests.close()
    replies.close()
    return reply.properties["status-code"]


def refusal(action):
    try:
        action()
        return None
    except (LinkDetached, SendException) as error:
        return str(error)


def main(port, queue, key_name, key):
    url = f"amqp://127.0.0.1:{port}"
    connection = BlockingConnection(url, timeout=20, allowed_mechs="ANONYMOUS")
    seen = {"withoutToken": refusal(lambda: connection.create_sender(queue))}
    seen["wrongKey"] = put_token(connection, f"sb://127.0.0.1:{port}/{queue}", key_name, "guess")
    seen["token"] = put_token(connection, f"sb://127.0.0.1:{port}/{queue}", key_name, key)

    sender = connection.create_sender(queue)
    for number in range(3):
        properties = {"number": number, "text": "\u6570\u636e"}
        sender.send(Message(id=f"m{number}", subject="s", properties=properties, body=f"b{number}"))
    sender.close()

    receiver = connection.create_receiver(queue, credit=1, options=AtLeastOnce())
    received = []
    for settle in ("accept", "reject", "release"):
        message = receiver.receive(timeout=20)
        received.append(
            {
                "id": message.id,
                "body": message.body,
                "properties": message.properties,
                "sequenceNumber": message.annotations[symbol("x-opt-sequence-number")],
                "deliveryCount": message.delivery_count,
            }
        )
        getattr(receiver, settle)()
    receiver.close()
    seen["received"] = received
    seen["noEntity"] = refusal(lambda: connection.create_sender("nope"))
    connection.close()
    print(json.dumps(seen))


main(int(sys.argv[1]), *sys.argv[2:5])
