"""The words by which reports say what a number is, in small letters; and those of which names of units are made."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Vietnamese letters as they stand in a character class: in ranges of code points small and capital ones are mixed.
_LETTERS = [chr(code) for low, high in ((0x41, 0x7B), (0xC0, 0x250), (0x1EA0, 0x1EFA)) for code in range(low, high)]
CAPITALS = "".join(letter for letter in _LETTERS if letter.isupper())
SMALL = "".join(letter for letter in _LETTERS if letter.islower())


# Vietnamese letters as they stand in a character class: in ranges of code points small and capital ones are mixed.
_LETTERS = [chr(code) for low, high in ((0x41, 0x7B), (0xC0, 0x250), (0x1EA0, 0x1EFA)) for code in range(low, high)]
CAPITALS = "".join(letter for letter in _LETTERS if letter.isupper())
SMALL = "".join(letter for letter in _LETTERS if letter.islower())


def apart(*lines: str) -> frozenset[str]:
    """The words of some lines."""
    return frozenset(word for line in lines for word in line.split())


# A dot behind these ends no sentence.
ABBREVIATED = apart("tp tx tt th ths pgs gs ts bs ks đ/c đc v.v vd tr nxb st mr mrs ms dr no p.gs")

SUBMISSIONS = (
    "sáng kiến", "skkn", "sk", "đề tài", "giải pháp", "hồ sơ", "lượt sáng kiến", "ý tưởng", "cải tiến", "sáng chế",
    "bản sáng kiến", "bài dự thi", "công trình", "sản phẩm", "lượt", "hợp lý hóa", "sáng kiến kinh nghiệm",
    "phiếu sáng kiến", "đơn sáng kiến",
)  # fmt: skip
# Behind a number these say nothing of what is counted.
NO_NOUN = apart(
    "đạt bằng trên so của và vượt là chỉ trong được tương chiếm theo mới thì với năm giai kế giao cho từ đến tới",
    "lên đã có mà do tại ở cao thấp tăng giảm hoàn nhưng còn hay hoặc cả nên hợp đang để thuộc mục",
)
ORGANISATIONS = (
    "đơn vị", "huyện", "tỉnh", "thành phố", "địa phương", "cđcs", "công đoàn", "lđlđ", "ngành", "doanh nghiệp",
    "tập thể", "cá nhân", "đồng chí", "liên đoàn", "cơ quan", "trường", "công ty", "quận", "xã", "phường", "đầu mối",
    "thị xã", "cơ sở", "cụm", "khu công nghiệp", "tác giả", "người", "nghiệp đoàn", "huyện, thị", "tổ", "khối",
)  # fmt: skip
PEOPLE = ("đoàn viên", "công nhân", "cán bộ", "lao động", "tháng", "năm", "tuần", "ngày", "quý")
RAISED = ("thành lập", "thành lập mới", "kết nạp", "kết nạp mới", "phát triển", "phát triển mới", "phát triển được",
          "vận động", "thành lập được", "kết nạp được", "tổ chức", "bồi dưỡng", "giới thiệu", "hỗ trợ", "tặng", "trao",
          "xây dựng", "đào tạo", "tập huấn", "thu", "thăm hỏi", "khám")  # fmt: skip

QUOTA = (
    "chỉ tiêu", "kế hoạch", "mục tiêu", "định mức", "so với", "trên tổng số", "trong tổng số", "giao", "phân bổ",
    "yêu cầu", "đề ra", "đăng ký với", "phấn đấu", "phải đạt", "phải có", "cần đạt", "cần có", "nhiệm vụ",
    "tối thiểu là",
    "chỉ tiêu đăng ký", "đã đăng ký chỉ tiêu", "trên tổng", "quyết tâm", "ấn định",
)  # fmt: skip
# What ends at a comma: "Để hoàn thành chỉ tiêu, các đơn vị đạt 52%".
AIMS_OF_A_CLAUSE = ("phải", "cần", "sẽ", "để", "nhằm", "yêu cầu", "mục tiêu", "đặt ra")
QUOTA_NAMES = ("chỉ tiêu", "kế hoạch", "mục tiêu")
AS_REGISTERED = ("đăng ký", "số đăng ký", "so với đăng ký")  # behind a percent
# These rule whatever verb follows: "phấn đấu đạt 5.000", "mục tiêu có 5.000".
AIMS = ("mục tiêu", "phấn đấu", "phải", "cần", "yêu cầu", "quyết tâm", "dự kiến", "sẽ", "nhằm", "hướng tới",
        "hướng đến", "để", "tối thiểu", "ít nhất phải", "chậm nhất", "đặt ra")  # fmt: skip
# Of these, some speak of what is still to come: a percent behind them is none that was reached.
TO_COME = ("phấn đấu", "quyết tâm", "dự kiến", "sẽ", "nhằm", "hướng tới", "hướng đến", "để", "ước tính đến")
QUOTA_BEHIND = (
    "được giao", "giao", "đề ra", "theo kế hoạch", "theo chỉ tiêu", "chỉ tiêu", "được phân bổ", "phân bổ",
    "theo yêu cầu",
    "kế hoạch", "đã giao", "phải thực hiện", "phải hoàn thành", "đăng ký đầu năm", "đã đăng ký từ đầu năm", "ấn định",
)  # fmt: skip
DONE = (
    "đạt", "có", "được", "nộp", "gửi", "cập nhật", "đóng góp", "ghi nhận", "tiếp nhận", "thực hiện", "hoàn thành",
    "công nhận", "đăng tải", "với", "thu hút", "nhận", "tổng cộng", "lên", "huy động", "đăng ký", "đăng nhập", "đã",
    "tổng số", "kết quả", "tham gia", "thu", "tập hợp", "phê duyệt", "kết nạp", "thành lập", "con số", "mốc", "tới",
)  # fmt: skip
GAPS = (
    "vượt", "thiếu", "còn thiếu", "còn", "còn lại", "tăng", "tăng thêm", "giảm", "thêm", "hụt", "kém", "chênh",
    "cao hơn", "nhiều hơn", "ít hơn", "thấp hơn", "chưa đạt", "nhiều gấp", "gấp", "vượt thêm", "thừa", "dư",
    "bình quân", "trung bình", "mỗi", "loại", "trả lại", "từ chối",
)  # fmt: skip

OF = ("đạt", "bằng", "tương đương", "tương ứng", "tỷ lệ", "tỉ lệ", "hoàn thành", "được", "thực hiện", "lên", "đạt mức",
      "hoàn thành vượt mức", "tỷ lệ hoàn thành", "kết quả", "mới", "tức", "=", "~")  # fmt: skip
OVER = ("vượt",)
SAID_BOTH_WAYS = ("vượt", "hoàn thành vượt mức")  # "vượt mức X%": X%, or X% more
SHARE = ("chiếm",)
GROWTH = ("tăng", "giảm", "cao hơn", "thấp hơn", "nhiều hơn", "ít hơn", "tăng trưởng", "tăng thêm", "sụt", "nhảy vọt")
REST = ("còn", "còn lại", "còn thiếu", "thiếu", "chưa đạt", "bình quân", "trung bình", "giảm giá", "lãi suất",
        "trợ cấp", "khoảng cách", "hơn kém", "kém", "mỗi", "nồng độ", "lương")  # fmt: skip
EARLIER = ("cùng kỳ", "cùng kì", "năm trước", "năm ngoái", "tháng trước", "quý trước", "đầu năm", "đợt trước",
           "giai đoạn trước", "trước đó", "bình quân", "tuần trước", "lần trước", "ngày trước", "năm", "tháng",
           "thời điểm", "mặt bằng")  # fmt: skip
# What may follow a percent that is one of a quota.
OF_QUOTA = ("chỉ tiêu", "kế hoạch", "so với chỉ tiêu", "so với kế hoạch", "mục tiêu", "so với mục tiêu", "so với số",
            "chương trình", "định mức", "nhiệm vụ", "giai đoạn", "cả giai đoạn", "cả chương trình", "toàn chương trình",
            "số lượng được giao", "yêu cầu", "cả năm", "số được giao", "đăng ký", "số đăng ký", "so với đăng ký",
            "số đã đăng ký")  # fmt: skip
# "80% số sáng kiến" is one of a quota, "80% số đoàn viên" is none.
NUMBERED_THINGS = ("chỉ tiêu", "lượng", "được", "kế hoạch", "giao", "đăng ký", *SUBMISSIONS)
# What may follow a percent of anything: the percent stands alone.
BEHIND_PERCENT = apart(
    "so của và về trong trên toàn cả cho với nhưng do là theo tại ở năm tổng được đến tính hoàn sau chương nhiệm",
    "vượt số sáng đề mức đứng xếp dẫn thuộc kế chỉ mục giai định yêu để nên trước còn mà khi từ sớm lượng như",
    "bằng gồm hồ giải sk quý tháng cùng đạt cao hay hoặc thì vào",
)
PARTS = ("trong đó", "gồm", "bao gồm", "trong số này", "trong số đó", "riêng", "cụ thể")
FOLLOWS = ("với", "tương ứng", "tức", "ứng với")
GROUPS = ("nhiều", "các", "những", "một số", "hầu hết", "mỗi", "phần lớn", "tất cả", "đa số", "không ít")

# --- names of units ------------------------------------------------------------------------------------------------

PLACES = apart("huyện quận tỉnh phường xã") | {"thành phố", "thị xã"}
# These are names only with a name behind them: "Công đoàn cơ sở", "các công ty" are none.
GENERIC = apart("CĐCS CĐ CĐN Trường Sở Khối Cụm") | {"Công đoàn", "công đoàn", "Công ty", "Bệnh viện"}
WHOLE_UNION = frozenset(("Tổng LĐLĐ", "Tổng Liên đoàn"))
HEADS = (
    PLACES
    | {place.capitalize() for place in PLACES}
    | GENERIC
    | WHOLE_UNION
    | apart("LĐLĐ CĐVC CĐGD Cty TP. TP Tp. Tp TX. TX H.")
    | {"Liên đoàn Lao động", "Liên đoàn lao động", "Tổng Công ty", "Tổng công ty", "Nghiệp đoàn"}
)
# Words in small letters that a name may end with, and those that may only stand inside.
NAME_ENDS = apart(
    "tỉnh huyện xã quận phường thành phố cơ sở quan chức nghiệp ngành dục động thị may dựng tế tải sản lực thôn hàng",
    "lịch thông trường hóa chính trấn điện xuất sự an dân tin khí sắt hải không viễn thép giày bạc",
)
NAME_INSIDE = apart(
    "khu công chế kinh viên giáo và y lao việt nam cổ phần đại học cao đẳng bệnh viện tổng ty dệt than khoáng cấp trực",
    "thuộc khối doanh đa khoa mầm non tiểu trung phổ xây giao vận nông phát triển các đoàn đặc mỏ bưu liên nhà nước",
    "ngân thương du văn môi tài nhân",
)
SECTORS = apart("CĐ CĐN CĐCS") | {"Công đoàn", "công đoàn"}
PERIODS = apart("Quý Quí Tháng Tuần Đợt Kỳ Thứ")  # a name by itself that begins so is a time: "Quý I", "Tháng Năm"
PERIODS = apart("Quý Quí Tháng Tuần Đợt Kỳ Thứ")  # a name by itself that begins so is a time: "Quý I", "Tháng Năm"
OPENINGS = apart("Riêng Còn Tại Ở Hiện Với Sau Trước Do Nhờ Trong Khi Ngoài Nhưng Song")  # before a name, no part of it
NO_NAMES = apart("Ông Đến Nay Tính Kết Quả Số Tổng Cộng Giai Đoạn Chương Trình Theo Covid Chủ Tịch")
OTHER_VERBS = apart("vượt giao gồm phối ban chỉ báo")  # behind a name, beside those of DONE


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of several words, the longest first.

    >>> any_of(["a b", "a b c"])
    '(?:a\\\\ b\\\\ c|a\\\\ b)'
    """
    return f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"
