import { gzipSync } from "node:zlib";
import { zipOf } from "./zip-of.ts";

const BYTE_ORDER_MARK = "\uFEFF";

/** Files made for one awkward detail each; all are small and the same on every start. */
export const AWKWARD_FILES: ReadonlyMap<string, () => Buffer> = new Map([
  ["crm_customers_2018-04.csv", crmCustomers],
  ["MovieTweets.csv", movieTweets],
  ["pacientes_2017.csv", patients],
  ["prices.nh.csv", () => Buffer.from("apples,1.20,2017-05-01\npears,,2017-05-01\n")],
  ["churn.nh.csv", () => Buffer.from("1001,0\n1002,1\n1003,0\n1004,1\n")],
  ["sensor_log.tsv", () => tabSeparated(["at", "sensor", "note"])],
  ["calls.tsv", () => tabSeparated(["started", "agent", "note"])],
  ["devices.tsv", () => tabSeparated(["device", "site", "note"])],
  ["dados.nh.tsv", () => tabSeparated(null)],
  ["iris2.arff", irisArff],
  ["breast-cancer.arff", breastCancerArff],
  ["reviews.txt", reviews],
  ["rscripts.zip", () => zipOf("clean.R", "clean <- function(frame) na.omit(frame)\n")],
  ["rfns.zip", () => zipOf("rfm.R", "rfm <- function(frame) scale(frame)\n")],
  ["modelo.RData", () => gzipSync(Buffer.from("RDX2\nX\n\0\0\0\x02\0\x03\x01\0", "latin1"))],
  ["adult-census.csv", () => Buffer.from("age,workclass,income\n39,State-gov,<=50K\n")],
  ["movie-ratings.tsv", () => Buffer.from("user\tmovie\trating\n1\t68646\t10\n")],
]);

/** Byte-order mark, CRLF, and fields with a comma, a doubled quote and nothing in them. */
function crmCustomers(): Buffer {
  const lines = [
    "customer_id,name,email,birth_date,age,tenure,churned",
    '1001,"Okafor, Adaeze",a.okafor@example.com,1984-02-29,34,27,false',
    '1002,"Bram ""BB"" Bakker",bram.bakker@example.com,1971-11-05,46,61,true',
    "1003,Chloé Martin,,1990-07-14,27,3,false",
  ];
  return Buffer.from(`${BYTE_ORDER_MARK}${lines.join("\r\n")}\r\n`);
}

/** A line break inside quotes and a character outside the basic plane. */
function movieTweets(): Buffer {
  return Buffer.from(
    "tweet_id,user,text,label\n" +
      '1,@ines_h,"Loved it 🎬\nwould see again",positive\n' +
      '2,@filmfan,"Two hours, gone",negative\n',
  );
}

/** Latin-1: not valid UTF-8, so whoever decodes it changes the bytes. */
function patients(): Buffer {
  return Buffer.from(
    "id;nome;condição\n1;José Conceição;estável\n2;Inês Galvão;crônica\n",
    "latin1",
  );
}

/** One field holds a backslash followed by a `t`, which is no tab. */
function tabSeparated(header: readonly string[] | null): Buffer {
  const rows = [
    "2017-01-10T08:00:00Z\tA1\tfirst\\tsecond",
    "2017-01-10T08:05:00Z\tA2\tall well",
    "2017-01-10T08:10:00Z\tA3\t",
  ];
  const lines = header === null ? rows : [header.join("\t"), ...rows];
  return Buffer.from(`${lines.join("\n")}\n`);
}

/** Comments and a missing value. */
function irisArff(): Buffer {
  return Buffer.from(
    "% Two classes of iris\n@relation iris2\n\n@attribute sepal_length numeric\n" +
      "@attribute class {0,1}\n\n@data\n5.1,0\n?,1\n6.3,1\n",
  );
}

function breastCancerArff(): Buffer {
  return Buffer.from(
    "% Own split\n@relation breast-cancer\n\n@attribute radius numeric\n" +
      "@attribute class {0,1}\n\n@data\n17.99,1\n?,0\n13.54,0\n",
  );
}

/** Free text with a name and an address in it. */
function reviews(): Buffer {
  return Buffer.from(
    "The hotel was fine, ask for Sofia Almeida at the desk.\n" +
      "Write to sofia.almeida@example.org if something is missing.\n",
  );
}
